"""Addresses of this slice, below ``/purchases/`` and ``/products/``."""

from django.urls import path

from guibin.purchases.views import catalogue, orders

app_name = "purchases"

urlpatterns = [
    path("purchases/", orders.order_list, name="list"),
    path("purchases/new/", orders.new_order, name="new"),
    path("purchases/<int:order_id>/", orders.order, name="order"),
    path("purchases/<int:order_id>/status/", orders.change_status, name="status"),
    path("purchases/<int:order_id>/payment/", orders.pay, name="pay"),
    path("purchases/<int:order_id>/cancel/", orders.cancel, name="cancel"),
    path("purchases/<int:order_id>/refund/", orders.refund, name="refund"),
    path("purchases/refunds/<int:refund_id>/undo/", orders.undo_refund, name="undo_refund"),
    path("products/", catalogue.product_list, name="products"),
    path("products/new/", catalogue.new_product, name="new_product"),
    path("products/<int:product_id>/", catalogue.product, name="product"),
    path("products/categories/", catalogue.categories, name="categories"),
    path("products/categories/<int:category_id>/", catalogue.category, name="category"),
    path("products/brands/<int:brand_id>/", catalogue.brand, name="brand"),
    path("settings/channels/", catalogue.channels, name="channels"),
    path("settings/channels/<slug:code>/", catalogue.channel, name="channel"),
    path("settings/rates/", catalogue.rates, name="rates"),
]
