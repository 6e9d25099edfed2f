"""Addresses of this slice. The sign-in framework reverses its own names, so those stay un-namespaced."""

from django.urls import include, path, re_path

from guibin.accounts.views import house, places, signin, staff

pages = (
    [
        path("account/", signin.me, name="me"),
        path("staff/", staff.staff_list, name="staff"),
        path("staff/invite/", staff.invite, name="invite"),
        path("staff/<int:staff_id>/", staff.staff_member, name="staff_member"),
        path("staff/<int:staff_id>/link/", staff.make_link, name="make_link"),
        path("staff/<int:staff_id>/off/", staff.deactivate, name="deactivate"),
        path("staff/<int:staff_id>/on/", staff.reactivate, name="reactivate"),
        path("stores/", places.stores, name="stores"),
        path("stores/new/", places.new_store, name="new_store"),
        path("stores/<int:store_id>/", places.store, name="store"),
        path("departments/new/", places.new_department, name="new_department"),
        path("departments/<int:department_id>/", places.department, name="department"),
        path("departments/<int:department_id>/remove/", places.remove_department, name="remove_department"),
        path("settings/organisation/", house.organisation, name="organisation"),
        path("settings/numbers/", house.numbers, name="numbers"),
        path("settings/numbers/reset/", house.reset_number, name="reset_number"),
        path("settings/roles/", house.roles, name="roles"),
        path("settings/keys/", house.keys, name="keys"),
        path("settings/keys/<int:key_id>/revoke/", house.revoke_key, name="revoke_key"),
    ],
    "accounts",
)

urlpatterns = [
    path("sign-in/", signin.sign_in, name="account_login"),
    path("sign-out/", signin.sign_out, name="account_logout"),
    path("sign-in/off/", signin.inactive, name="account_inactive"),
    path("sign-in/again/", signin.confirm_password, name="account_reauthenticate"),
    path("sign-in/link/", signin.ask_link, name="account_reset_password"),
    path("sign-in/link/sent/", signin.link_sent, name="account_reset_password_done"),
    path("sign-in/link/done/", signin.new_password_set, name="account_reset_password_from_key_done"),
    re_path(
        r"^sign-in/link/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        signin.new_password,
        name="account_reset_password_from_key",
    ),
    path("account/password/", signin.change_password, name="account_change_password"),
    path("account/password/set/", signin.set_password, name="account_set_password"),
    path("", include(pages)),
]
