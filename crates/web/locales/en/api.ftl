api-title = The API
api-intro = Everything a store's pages do, for programs. Send your token as “Authorization: Bearer …”; a POST with an Idempotency-Key is done once, however often it is sent.
api-tokens = Your API tokens
api-parameters = Parameters
api-body = Body
api-answers = Answers
