api-title = 开放接口
api-intro = 店铺页面能做的事，程序都能做。请在请求头中带上令牌“Authorization: Bearer …”；带 Idempotency-Key 的 POST 无论发送多少次只执行一次。
api-tokens = 我的 API 令牌
api-parameters = 参数
api-body = 请求体
api-answers = 应答
