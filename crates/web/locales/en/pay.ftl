# Words of the sandbox provider and of payments.
pay-title = Sandbox Pay
pay-strap = a provider for trying things out
pay-within = Pay within
pay-succeed = Pay { $amount }
pay-no-money = No real money moves.
pay-choose = Choose what the provider should do, to see how the store copes.
pay-fail = Refuse the payment
pay-lose = Pay, but lose the notification
pay-walk-away = Walk away without paying
pay-closed = This payment is over: it was paid, refused, or its time ran out.
pay-back = Back to the order
pay-forged = The message is not from the provider.
pay-mismatch = The amount is not what was asked for.
pay-not-due = This order does not wait for a payment.
pay-refused = The payment provider refused. Try again.
