# What came of a live room.
report-title = Live report
report-lasted = { $minutes } min
report-csv = Download CSV
report-none = Nothing to report yet
report-none-words = The report begins when the live does.
report-paid = Paid
report-orders-paid = { $count ->
    [one] from { $count } order
   *[other] from { $count } orders
}
report-viewers = Viewers
report-peak = Peak
report-peak-words = at most { $count } at once
report-average-watch = Average watch
report-watched-words = { $hours } h watched together
report-per-thousand = Per 1,000 viewers
report-per-thousand-words = paid, for every 1,000 viewers
report-comments = Comments
report-likes-words = { $count } likes, shared { $shares ->
    [one] once
   *[other] { $shares } times
}
report-followers = New followers
report-followers-words = follow the store since this room
report-minutes = Minute by minute
report-minute = Minute
report-chart = Viewers and orders, minute by minute: at most { $peak } viewers at once, { $orders } orders
report-as-table = The numbers as a table
report-products = Products
report-no-products = There was nothing on the shelf.
report-impressions = Impressions
report-clicks = Clicks
report-explained = explained for { $time }
report-not-explained = not explained
report-funnel = From seen to paid
report-step-impressions = Seen
report-step-clicks = Opened
report-step-orders = Ordered
report-step-paid = Paid
report-rate = { $percent } of the step before
report-replay = Replay
report-replay-on = On
report-replay-off = Off
report-replay-shown = Show the replay
report-replay-shown-words = Buyers can watch it and jump to each product.
report-replay-watch = Watch
report-replay-delete = Delete
report-replay-delete-sure = Delete the recording? It cannot be brought back.
report-replay-none = There is no recording of this live.
report-done-replay-deleted = The recording is deleted
report-definitions = What the numbers mean
report-define-viewers = People who opened the room while it was live, each counted once: an account, or a visitor’s browser.
report-define-peak = The most who had the room open at the same moment.
report-define-average-watch = The time all viewers had the room open, divided by the viewers. Counted every 10 seconds.
report-define-followers = People who began to follow the store in this room, by its button or for a giveaway, and still do.
report-define-impressions = How often a product’s card was seen in the room: pinned over the video, or on the opened shelf.
report-define-clicks = How often someone opened a product’s card to choose or to buy.
report-define-orders = Orders placed from this room, at the live or its replay, also unpaid and cancelled ones.
report-define-paid = What buyers paid for orders from this room, less what was refunded; it adds up with the ledger. Of a product: what its pieces in paid orders cost after discounts, without delivery.
report-define-per-thousand = Paid, divided by the viewers, times 1,000.
report-csv-minute = Minute
report-csv-product = Product
