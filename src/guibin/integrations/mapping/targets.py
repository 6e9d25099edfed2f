"""The fields a column can go to, per kind of file, with the names people give them.

``words`` are headings in Chinese and English, compared without blanks, case and marks
(``dialect.normalise_heading``); earlier targets win where two claim the same word.
"""

from functools import cache

from django.utils.translation import gettext_lazy as _

from guibin.integrations.mapping.field import SYSTEM, Target
from guibin.integrations.mapping.field import make_field as _t

CUSTOMER_REF = _t(
    "customer",
    "code",
    _("Customer number"),
    "客户编号|客户号|客户ID|会员ID|会员编号|会员号|顾客编号|用户ID|用户编号|买家ID|买家会员名|客户代码|"
    "客户代号|customer id|customerid|customer|customer number|customer no|client id|member id|member no|"
    "user id|cust id|buyer id|contact id|kundennummer|客戶編號|會員編號|買家帳號|buyer",
)
CUSTOMER_PHONE = _t(
    "customer_phone",
    "phone",
    _("Customer's phone"),
    "手机|手机号|手机号码|电话|联系电话|联系方式|会员手机|客户手机|买家手机|收货人手机|收件人电话|phone|"
    "mobile|tel|telephone|customer phone|手機|電話|手機號碼",
    sensitive=True,
)
CUSTOMER_NAME = _t(
    "customer_name",
    "text",
    _("Customer's name"),
    "客户姓名|客户名称|客户|会员姓名|会员|姓名|顾客|顾客姓名|收货人|收件人|收货人姓名|买家姓名|customer "
    "name|name|client|buyer name|client name|客戶|姓名",
    sensitive=True,
)
CUSTOMER_EMAIL = _t(
    "customer_email",
    "email",
    _("Customer's e-mail"),
    "邮箱|电子邮箱|客户邮箱|email|e-mail|customer email|電郵",
    sensitive=True,
)
CUSTOMER_CARD = _t(
    "customer_card",
    "code",
    _("Member card"),
    "会员卡号|卡号|会员卡|card|card no|card number|membership card|loyalty card|會員卡號",
    sensitive=True,
)
STORE = _t(
    "store",
    "text",
    _("Store"),
    "门店|店铺|店名|门店名称|店铺名称|消费门店|下单门店|所属门店|网点|分店|store|shop|store name|branch|"
    "outlet|location|門店|店鋪|分店",
)
CHANNEL = _t(
    "channel",
    "words",
    _("Channel"),
    "渠道|来源渠道|销售渠道|订单来源|平台|channel|sales channel|platform|source channel|渠道來源",
)
CURRENCY = _t("currency", "currency", _("Currency"), "币种|货币|currency|幣種|幣別")
STATUS = _t(
    "status", "status", _("Order status"), "订单状态|状态|交易状态|status|order status|state|訂單狀態"
)
PARCEL = (
    _t(
        "carrier",
        "text",
        _("Carrier"),
        "快递公司|物流公司|快递|承运商|承运公司|物流|carrier|courier|shipping company|shipper|物流方式",
    ),
    _t(
        "tracking",
        "code",
        _("Tracking number"),
        "快递单号|物流单号|运单号|运单编号|快递号|tracking|tracking no|tracking number|waybill|awb|運單號|"
        "物流單號",
        sensitive=True,
    ),
)
PAID = (
    _t(
        "payment_method",
        "words",
        _("Payment method"),
        "支付方式|付款方式|结算方式|收款方式|支付渠道|付款渠道|支付类型|payment method|payment type|paid by|"
        "payment|pay method|tender|tender type|結帳方式",
    ),
    _t(
        "paid",
        "price",
        _("Amount paid"),
        "实付|实付金额|实收|实收金额|已付|已付金额|付款金额|支付金额|买家实付金额|买家实际支付金额|paid|"
        "paid amount|amount paid|payment amount|實付金額",
    ),
    _t(
        "paid_at",
        "instant",
        _("Paid at"),
        "支付时间|付款时间|订单付款时间|买家付款时间|收款时间|支付日期|付款日期|paid at|payment time|"
        "payment date|date paid",
    ),
)
ORDER_NUMBER = (
    "订单号|订单编号|单号|小票号|小票|流水号|交易号|交易单号|销售单号|发票号|发票|主订单编号|invoice|"
    "invoice no|invoiceno|invoice number|order|order id|order no|order number|orderid|orderno|"
    "transaction id|receipt|receipt no|bill no|ticket|訂單編號|發票號碼|訂單號"
)
WHEN = (
    "下单时间|订单时间|交易时间|消费时间|购买时间|付款时间|支付时间|销售日期|日期|时间|下单日期|"
    "订单日期|交易日期|消费日期|购买日期|订单创建时间|订单付款时间|invoice date|invoicedate|"
    "order date|date|datetime|transaction date|purchase date|ordered at|created at|sale date|"
    "order time|timestamp|訂單日期|交易日期|購買日期|時間"
)
SKU = (
    "商品编码|商品编号|商品代码|货号|款号|条码|商品条码|SKU编码|商家编码|产品编码|物料编码|"
    "stock code|stockcode|sku|sku code|product code|product id|item code|item|item id|item no|"
    "article|barcode|ean|upc|plu|商品編號|貨號|條碼"
)
PRODUCT = (
    "商品名称|商品|品名|产品名称|产品|货品|商品标题|宝贝标题|description|product name|product|"
    "item name|item description|title|商品名稱|品名"
)
QUANTITY = "数量|购买数量|件数|销售数量|销量|quantity|qty|units|count|number of cds|items|pieces|數量|件數"
PRICE = "单价|售价|成交单价|价格|商品单价|price|unit price|unitprice|price each|selling price|單價|售價"
AMOUNT = (
    "金额|实付金额|实付|订单金额|消费金额|成交金额|小计|合计|总金额|应付金额|实收金额|实收|销售额|"
    "支付金额|总价|买家实付金额|买家实际支付金额|amount|total|line total|order total|dollar value|"
    "sales|revenue|net amount|total amount|paid amount|subtotal|grand total|value|金額|小計|實付金額|"
    "總金額"
)
DISCOUNT = "优惠|优惠金额|折扣金额|折扣|减免|立减|discount|discount amount|優惠金額|折扣金額"
COST = "成本|成本价|单位成本|进价|unit cost|cost|cost price|purchase price|成本價|進價"
CATEGORY = "类别|分类|品类|商品分类|商品类别|类目|category|product category|department|類別|分類"
BRAND = "品牌|brand"

PEOPLE = (CUSTOMER_REF, CUSTOMER_CARD, CUSTOMER_PHONE, CUSTOMER_EMAIL, CUSTOMER_NAME)
PLACE = (STORE, CHANNEL, CURRENCY)

ORDER_LINES = (
    _t("order_number", "code", _("Order number"), ORDER_NUMBER, required=True),
    _t(
        "line_id",
        "code",
        _("Line number"),
        "子订单编号|子订单号|明细号|行号|订单明细号|line id|line no|line number|order line|明細編號",
    ),
    _t("ordered_at", "instant", _("Date of purchase"), WHEN, required=True),
    _t("sku", "code", _("Product code"), SKU),
    _t("description", "text", _("Product name"), PRODUCT),
    _t("quantity", "quantity", _("Quantity"), QUANTITY),
    _t("unit_price", "price", _("Unit price"), PRICE),
    _t("amount", "price", _("Line amount"), AMOUNT),
    _t("discount", "price", _("Discount"), DISCOUNT),
    _t("unit_cost", "price", _("Unit cost"), COST),
    *PEOPLE,
    *PLACE,
    STATUS,
    *PAID,
    *PARCEL,
    _t("category", "text", _("Product category"), CATEGORY),
    _t("brand", "text", _("Brand"), BRAND),
)
ORDERS = (
    _t("order_number", "code", _("Order number"), ORDER_NUMBER),
    _t("ordered_at", "instant", _("Date of purchase"), WHEN, required=True),
    _t("amount", "price", _("Amount"), AMOUNT, required=True),
    _t("items", "quantity", _("Number of items"), QUANTITY),
    _t("discount", "price", _("Discount"), DISCOUNT),
    *PEOPLE,
    *PLACE,
    STATUS,
    *PAID,
    *PARCEL,
)
REFUNDS = (
    _t(
        "refund_number",
        "code",
        _("Refund number"),
        "退款单号|退款编号|退货单号|售后单号|退单号|refund id|refund no|refund number|return no|credit "
        "note|退款編號",
        required=True,
    ),
    _t("order_number", "code", _("Order number"), ORDER_NUMBER),
    _t("line_id", "code", _("Line number"), "子订单编号|子订单号|明细号|line id|line no"),
    _t(
        "refunded_at",
        "instant",
        _("Date of refund"),
        "退款时间|退款日期|退货日期|退货时间|完结时间|refund date|refunded at|return date|" + WHEN,
        required=True,
    ),
    _t("sku", "code", _("Product code"), SKU),
    _t("description", "text", _("Product name"), PRODUCT),
    _t("quantity", "quantity", _("Quantity"), "退货数量|退款数量|" + QUANTITY),
    _t("unit_price", "price", _("Unit price"), PRICE),
    _t(
        "amount",
        "price",
        _("Amount refunded"),
        "退款金额|退货金额|实退金额|refund amount|refunded amount|" + AMOUNT,
    ),
    _t("reason", "words", _("Reason"), "退款原因|退货原因|原因|reason|refund reason"),
    *PEOPLE,
    *PLACE,
)
SYSTEMS = (
    (
        "taobao",
        _("Number at Taobao"),
        "淘宝ID|淘宝会员名|淘宝账号|旺旺|旺旺号|天猫ID|taobao id|tmall id",
    ),
    ("jd", _("Number at JD"), "京东ID|京东账号|京东PIN|京东会员名|jd id|jd pin"),
    ("douyin", _("Number at Douyin"), "抖音ID|抖音号|抖音账号|douyin id|tiktok id"),
    ("xiaohongshu", _("Number at Xiaohongshu"), "小红书ID|小红书号|xiaohongshu id|red id"),
    ("meituan", _("Number at Meituan"), "美团ID|美团账号|meituan id"),
    ("mini_program", _("Number in the mini program"), "小程序ID|小程序用户ID|小程序会员号|mini program id"),
    ("youzan", _("Number at Youzan"), "有赞ID|有赞客户ID|微盟ID|youzan id|weimob id"),
    ("shopify", _("Number at Shopify"), "shopify id|shopify customer id"),
    ("pos", _("Number at the till"), "收银系统ID|收银会员号|POS编号|POS会员号|pos id|pos number"),
    ("erp", _("Number in the ERP"), "ERP编号|ERP客户编码|ERP ID|erp code|erp number"),
    ("crm", _("Number in the old CRM"), "CRM编号|CRM ID|旧系统编号|原会员编号|crm number|legacy id"),
)
CUSTOMERS = (
    _t(
        "external_id",
        "code",
        _("Customer number"),
        "|".join(CUSTOMER_REF.words) + "|编号|id|会员代码|user|账号|会员账号|顧客編號|number",
    ),
    _t(
        "name",
        "text",
        _("Full name"),
        "姓名|客户姓名|会员姓名|名字|客户名称|顾客姓名|称呼|联系人|会员名称|真实姓名|用户名|name|full "
        "name|customer name|member name|fullname|客戶姓名|會員姓名|名稱",
        sensitive=True,
    ),
    _t(
        "number",
        "code",
        _("Guibin number"),
        "贵宾编号|贵宾号|贵宾客户号|guibin number|guibin no",
    ),
    _t(
        "latin_name",
        "text",
        _("Latin name"),
        "英文名|英文姓名|拼音|english name|latin name|first name last name",
        sensitive=True,
    ),
    _t(
        "phone",
        "phone",
        _("Phone number"),
        "手机|手机号|手机号码|电话|联系电话|移动电话|联系方式|电话号码|会员手机|注册手机|phone|mobile|"
        "cell|tel|telephone|phone number|mobile number|mobile phone|手機|電話|手機號碼|聯絡電話",
        sensitive=True,
        repeatable=True,
    ),
    _t(
        "email",
        "email",
        _("E-mail"),
        "邮箱|电子邮箱|电子邮件|邮件|email|e-mail|mail|email address|電郵|電子郵件",
        sensitive=True,
        repeatable=True,
    ),
    _t(
        "wechat",
        "wechat",
        _("WeChat"),
        "微信|微信号|openid|unionid|wechat|wechat id|weixin",
        sensitive=True,
        repeatable=True,
    ),
    _t(
        "card",
        "code",
        _("Member card"),
        "会员卡号|卡号|会员卡|实体卡号|card|card no|card number|membership no|會員卡號",
        sensitive=True,
        repeatable=True,
    ),
    _t(
        "preferred",
        "contact_kind",
        _("Preferred way to reach them"),
        "首选联系方式|首选渠道|偏好渠道|偏好联系方式|联系偏好|preferred channel|preferred contact|"
        "contact preference",
    ),
    *(_t(f"{SYSTEM}{code}", "code", label, words) for code, label, words in SYSTEMS),
    _t("gender", "gender", _("Gender"), "性别|gender|sex|性別"),
    _t(
        "birthday",
        "birthday",
        _("Birthday"),
        "生日|出生日期|出生年月|出生年月日|birthday|birth date|date of birth|dob|出生",
        sensitive=True,
    ),
    _t(
        "lunar_birthday",
        "birthday",
        _("Lunar birthday"),
        "农历生日|阴历生日|lunar birthday|農曆生日",
        sensitive=True,
    ),
    _t("province", "text", _("Province"), "省|省份|所在省|province|state|所在省份"),
    _t("city", "text", _("City"), "城市|市|所在城市|city|town"),
    _t(
        "address",
        "text",
        _("Address"),
        "地址|联系地址|收货地址|详细地址|家庭住址|通讯地址|住址|address|street|street address|聯絡地址",
        sensitive=True,
    ),
    _t("occupation", "text", _("Occupation"), "职业|行业|职位|occupation|job|profession|職業"),
    _t("interests", "text", _("Interests"), "兴趣|爱好|兴趣爱好|喜好|偏好|interests|hobbies|hobby|興趣"),
    _t(
        "joined_on",
        "date",
        _("Joined on"),
        "入会日期|开卡日|开卡日期|开卡时间|注册时间|注册日期|入会时间|加入日期|办卡日期|建档日期|创建时间|"
        "成为会员时间|joined|join date|joined on|signup date|registration date|registered at|member since|"
        "created|created at|入會日期|註冊日期",
    ),
    _t("store", "text", _("Joined at store"), "|".join(STORE.words) + "|开卡门店|入会门店|归属门店|注册门店"),
    _t("tags", "tags", _("Tags"), "标签|客户标签|会员标签|tag|tags|labels|標籤"),
    _t(
        "note",
        "text",
        _("Note"),
        "备注|说明|客户备注|note|notes|remark|remarks|comment|comments|備註",
        sensitive=True,
    ),
    _t(
        "id_number",
        "id_number",
        _("ID number"),
        "身份证|身份证号|身份证号码|证件号|证件号码|证件|id number|id card|national id|identity number|"
        "passport|身分證字號|身份證號",
        sensitive=True,
        offered=False,
    ),
)
PRODUCTS = (
    _t("sku", "code", _("Product code"), SKU + "|编码|编号|code|id", required=True),
    _t("name", "text", _("Product name"), PRODUCT + "|名称|name|名稱"),
    _t("name_en", "text", _("English name"), "英文名称|英文名|english name|name en"),
    _t("category", "text", _("Product category"), CATEGORY),
    _t("brand", "text", _("Brand"), BRAND),
    _t(
        "list_price",
        "price",
        _("List price"),
        "吊牌价|标价|零售价|原价|list price|retail price|msrp|" + PRICE,
    ),
    _t("unit_cost", "price", _("Unit cost"), COST),
    _t("line_kind", "words", _("Kind"), "类型|商品类型|kind|type|類型"),
)
STORES = (
    _t(
        "code",
        "code",
        _("Store code"),
        "门店编码|门店编号|店铺编号|店号|编码|编号|store code|store id|shop code|code|id|門店編號",
    ),
    _t(
        "name",
        "text",
        _("Store name"),
        "门店名称|店名|店铺名称|名称|门店|店铺|store name|store|shop|name|門店名稱",
    ),
    _t("store_kind", "words", _("Kind"), "门店类型|类型|性质|kind|type|store type"),
    _t("city", "text", _("City"), "城市|所在城市|市|city|town"),
)
STAFF = (
    _t(
        "sign_in_name",
        "code",
        _("Sign-in name"),
        "登录名|账号|工号|员工编号|用户名|员工号|sign in name|login|username|user name|employee id|"
        "employee no|staff id|帳號|工號",
    ),
    _t(
        "display_name",
        "text",
        _("Full name"),
        "姓名|员工姓名|导购|店员|名字|员工|name|full name|staff name|display name|employee name",
        sensitive=True,
    ),
    _t("email", "email", _("E-mail"), "邮箱|电子邮箱|邮件|email|e-mail|mail", sensitive=True),
    _t(
        "phone",
        "phone",
        _("Phone number"),
        "手机|手机号|手机号码|电话|联系电话|phone|mobile|tel",
        sensitive=True,
    ),
    _t("role", "words", _("Role"), "角色|岗位|职位|职务|role|position|title"),
    _t("store", "text", _("Store"), "|".join(STORE.words)),
    _t("department", "text", _("Department"), "部门|department|team|部門"),
)
CARDS = (
    _t(
        "card",
        "code",
        _("Member card"),
        "会员卡号|卡号|会员卡|实体卡号|卡|card|card no|card number|membership no|會員卡號",
        required=True,
        sensitive=True,
    ),
    _t("external_id", "code", _("Customer number"), "|".join(CUSTOMER_REF.words)),
    _t("phone", "phone", _("Phone number"), "|".join(CUSTOMER_PHONE.words), sensitive=True),
    _t("email", "email", _("E-mail"), "|".join(CUSTOMER_EMAIL.words), sensitive=True),
    _t("name", "text", _("Full name"), "|".join(CUSTOMER_NAME.words) + "|持卡人|cardholder", sensitive=True),
    _t(
        "joined_on",
        "date",
        _("Issued on"),
        "开卡日期|开卡时间|办卡日期|发卡日期|开卡日|issued on|issue date|joined|date|日期",
    ),
    _t("store", "text", _("Joined at store"), "|".join(STORE.words) + "|开卡门店|发卡门店"),
)

TARGETS: dict[str, tuple[Target, ...]] = {
    "customers": CUSTOMERS,
    "order_lines": ORDER_LINES,
    "orders": ORDERS,
    "products": PRODUCTS,
    "refunds": REFUNDS,
    "stores": STORES,
    "staff": STAFF,
    "cards": CARDS,
}
KIND_LABELS = {
    "customers": _("Customers"),
    "order_lines": _("Order lines"),
    "orders": _("Orders"),
    "products": _("Products"),
    "refunds": _("Refunds"),
    "stores": _("Stores"),
    "staff": _("Staff"),
    "cards": _("Member cards"),
}


def targets_of(kind: str) -> dict[str, Target]:
    return {target.name: target for target in TARGETS[kind]}


@cache
def known_headings() -> frozenset[str]:
    """Every word any target knows: what tells a heading row from a title."""
    return frozenset(word for targets in TARGETS.values() for target in targets for word in target.words)
