# 沙盒支付与付款的文字。
pay-title = 沙盒支付
pay-strap = 试用的支付服务
pay-within = 请在以下时间内付款
pay-succeed = 支付 { $amount }
pay-no-money = 不涉及真实资金。
pay-choose = 选择支付服务的行为，看看店铺如何应对。
pay-fail = 拒绝付款
pay-lose = 付款成功，但通知丢失
pay-walk-away = 不付款直接离开
pay-closed = 这笔付款已结束：已支付、被拒绝或已超时。
pay-back = 回到订单
pay-forged = 消息并非来自支付服务。
pay-mismatch = 金额与要求不符。
pay-not-due = 该订单不需要付款。
pay-refused = 支付服务拒绝了请求，请重试。
