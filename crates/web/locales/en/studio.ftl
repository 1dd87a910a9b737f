# The host's pages: rooms, their plans, and the studio.
studio-nav-live = Live
studio-name = Studio
studio-saved = Saved
studio-save = Save
studio-title-now = Live on { $date }

# The list of rooms.
studio-go-live-now = Go live now
studio-schedule = Schedule
studio-none = Sell live
studio-none-words = Show your goods with this device’s camera, or with OBS, and buyers buy without leaving the video. “Go live now” opens the studio; nobody sees you before you press the second button.
studio-live-now = Live now
studio-coming = Coming up
studio-past = Past
studio-open = Open studio
studio-open-of = Open the studio of { $title }
studio-room = Room
studio-lasted = Lasted
studio-to-order = Order
studio-older = Earlier
studio-watching = { $count } watching
studio-products-count = { $count ->
    [one] { $count } product
   *[other] { $count } products
}
studio-followers = { $count ->
    [one] { $count } follower is told when you go live
   *[other] { $count } followers are told when you go live
}
studio-reminders = { $count ->
    [0] Nobody has asked to be reminded yet
    [one] { $count } person will be reminded
   *[other] { $count } people will be reminded
}
studio-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
studio-minutes = { $count } min
studio-seconds = { $count } s
studio-done-cancelled = Called off
studio-done-replay-deleted = The replay is deleted
studio-done-scheduled = Scheduled. Now choose what you will sell.
studio-done-saved = Saved

# A room's plan.
studio-plan = Plan
studio-title-field = Title
studio-title-hint = Up to 30 characters (a Chinese one counts two)
studio-starts = Starts
studio-starts-hint = Time of { $zone }; 10 minutes to 6 months ahead
studio-length = Planned length
studio-host = Host
studio-shape = Picture
studio-portrait = Upright
studio-landscape = Lying
studio-portrait-words = For phones: fills the buyer’s screen
studio-landscape-words = For a table or a stage, with a camera on a stand
studio-cover = Cover
studio-cover-hint = Buyers see it before the start and in lists.
studio-cover-choose = Choose a picture, or drop it here
studio-cover-remove = Remove it
studio-replay = Keep a replay
studio-replay-words = Recorded, with a chapter for each product, and shown after the end.
studio-schedule-do = Schedule
studio-call-off = Call off
studio-call-off-words = Everyone who asked to be reminded is told.
studio-call-off-sure = Call this live off? It cannot be taken back.
studio-how = How it goes
studio-how-1 = Schedule it, choose the products, and share the address. Buyers can ask to be reminded.
studio-how-2 = Open the studio some minutes before and rehearse: only your staff sees that.
studio-how-3 = Press “Go live”. If the network drops, you have 60 seconds to come back; it happens by itself.
studio-share = Share
studio-share-words = The same address shows the countdown now, the live when it begins, and the replay after it.
studio-copy-address = Copy the address
studio-as-buyers = As buyers see it

# The studio.
studio-leave = Back to the list
studio-report = Report
studio-stage = Picture and selling tools
studio-panels = Panels
studio-viewers = Viewers
studio-likes = Likes
studio-orders = Orders
studio-paid = Paid
studio-unpaid = Unpaid
studio-last-orders = Last orders
studio-no-orders = Orders from this live stand here.
studio-bought = bought { "{title}" }
studio-offline = No connection to the server. Trying again…
studio-is-scheduled = Not live
studio-is-rehearsal = Rehearsal
studio-is-live = Live
studio-is-waiting = Live, no picture yet
studio-is-lost = Picture lost
studio-is-ended = Ended
studio-is-cancelled = Called off
studio-go-live = Go live
studio-rehearse = Rehearse
studio-end = End
studio-end-sure = End the live? Viewers leave, and it cannot be started again.

# Picture and sound.
studio-picture = Picture
studio-source = Where the picture comes from
studio-this-camera = This camera
studio-encoder = OBS
studio-camera = Camera
studio-microphone = Microphone
studio-front-camera = Front camera
studio-back-camera = Back camera
studio-switch-camera = Other camera
studio-mute = Mute the microphone
studio-muted = The microphone is muted
studio-unmuted = The microphone is on
studio-camera-off = Hide the picture
studio-mirror = Mirror my preview
studio-send = Send this camera
studio-camera-open = Turn the camera on
studio-no-picture = No picture yet
studio-camera-denied = The browser may not use camera and microphone. Allow it beside the address, then try again.
studio-camera-missing = There is no camera or no microphone on this device. You can send with OBS instead.
studio-camera-taken = Another app is using the camera. Close it, then try again.
studio-camera-insecure = A browser lends its camera only to pages with https. Use OBS, or open this page by https.
studio-camera-failed = First turn the camera on, or choose OBS.
studio-no-encoder = This browser cannot send H.264 video. Use another browser, or OBS.
studio-whip-refused = The server did not take the picture. Reload the page and try again.
studio-turn-upright = Hold the phone upright
studio-turn-sideways = Turn the phone on its side
studio-lost = Connection lost
studio-lost-words = Trying again. The live goes on if it works within (seconds):
studio-over = The live is over
studio-over-words = The connection was away for too long.
studio-quality = Quality
studio-quality-1080 = 1080p, best
studio-quality-720 = 720p, good
studio-quality-540 = 540p
studio-quality-360 = 360p, little data
studio-quality-hint = The most that is tried. On a weak network the picture gets smaller by itself.
studio-limited-cpu = This device is overloaded: the picture is sent smaller. Close other apps.
studio-limited-bandwidth = Your network is weak: the picture is sent smaller. Move closer to the Wi-Fi, or use mobile data.
studio-microphone-silent = Nothing is heard. Is it the right microphone?
studio-server = Server
studio-copy-server = Copy the server
studio-server-none = This server takes no encoders. Its operator can switch RTMP on.
studio-key = Stream key
studio-copy-key = Copy the key
studio-key-once = Copy it now: it is not shown again. Whoever has it can go live in your name.
studio-key-hidden = There is one. It was shown when it was made; if it is lost, make a new one.
studio-key-none = None yet. Make one to send with OBS.
studio-key-make = Make a key
studio-key-rotate = New key
studio-key-sure = Make a new key? The old one stops working.
studio-encoder-how = How to set up OBS
studio-encoder-1 = Settings → Stream → Service: Custom. Paste server and key.
studio-encoder-2 = Settings → Output → Advanced → Streaming: encoder x264, rate control CBR, 2,500 kbit/s, key-frame interval 2 s, profile main, tune zerolatency.
studio-encoder-3 = Settings → Video: 720 × 1280 for upright, 1280 × 720 for lying, 30 frames a second.
studio-encoder-4 = Press “Start streaming” in OBS. The picture appears here as a rehearsal; then press “Go live”.

# The stream's health.
studio-health = Stream
studio-health-off = No stream
studio-health-none = No picture
studio-health-waiting = Starting
studio-health-lost = Lost
studio-health-good = Good
studio-health-fair = Fair
studio-health-bad = Bad
studio-bitrate = Bitrate
studio-kbps = { $count } kbit/s
studio-frames = Frames
studio-fps = { $count } a second
studio-size = Size
studio-key-frames = Key frames
studio-every-seconds = every { $seconds } s
studio-advice-key-frames = Key frames are too far apart
studio-advice-key-frames-words = Viewers wait longer for the first picture. Set the key-frame interval to 2 s in your encoder.
studio-advice-b-frames = B-frames are on
studio-advice-b-frames-words = They add delay, and some viewers cannot get them. Set B-frames to 0, or tune to zerolatency.
studio-advice-sound = No sound arrives
studio-advice-sound-words = Check the microphone, or the audio tracks of your encoder.
studio-advice-frames = Few frames a second
studio-advice-frames-words = The picture stutters: this device or its network is overloaded.
studio-advice-bits = Close to the bitrate limit
studio-advice-bits-words = Above it the stream is cut off. Lower the bitrate in your encoder.
studio-advice-lost = No picture arrives
studio-advice-lost-words = The live goes on if the picture is back within 60 seconds.
studio-trouble = The stream was cut off
studio-trouble-bits = It had more bits than allowed. Lower the bitrate, then start again.
studio-trouble-picture = The picture is larger than allowed. Send at most 1920 × 1080.
studio-trouble-memory = Key frames are too far apart to be kept. Set the interval to 2 s.
studio-trouble-encoding = Send H.264 video and AAC sound; other encodings do not play in browsers.
studio-trouble-malformed = What arrived was no video. Start the encoder again.
studio-trouble-silent = Nothing arrived for too long. Check the network.
studio-recording = Recording
studio-recording-full = The replay has reached its largest size; what comes now is not in it.
studio-recording-failing = The replay cannot be written at the moment. It is tried again.

# The shelf.
studio-shelf = Shelf
studio-shelf-empty = Nothing on the shelf yet
studio-shelf-empty-words = Put products here to pin them while you talk.
studio-shelf-add = Add products
studio-shelf-full = A live has at most 100 products.
studio-shelf-order = Order on the shelf
studio-arrange = Edit
studio-arrange-done = Done
studio-find = Find a product
studio-find-do = Find
studio-found-nothing = Nothing fits. Products must be on the store’s shelf to be sold live.
studio-left = { $count } left
studio-on-shelf = Added
studio-add = Add
studio-add-line = Add { $title }
studio-remove-line = Take { $title } off
studio-edit-line = Live price of { $title }
studio-pin = Pin
studio-pin-line = Pin { $title }
studio-unpin = Unpin
studio-pinned-now = Now showing no. { $number }
studio-nothing-pinned = Pin the product you talk about: buyers see its card on the video.
studio-live-price = Live price
studio-live-price-badge = Live price
studio-live-price-done = The live price is set
studio-live-price-hint = Holds only in this live, until it ends. Empty: the usual price.
studio-keys-pin = Pin with the keys 1–9
studio-keys = Keys
studio-key-pin = Pin product no. 1–9; again to unpin
studio-key-walk = Walk along the shelf
studio-key-pin-chosen = Pin the product you have walked to
studio-key-mute = Mute and unmute the microphone
studio-key-say = Write in the chat

# The chat.
studio-chat = Chat
studio-chat-none = What people say stands here. They can write as soon as you rehearse or are live.
studio-chat-newest = New messages
studio-say = Say something as the store
studio-say-do = Send
studio-staff = Store
studio-rules = Chat rules
studio-moderate = What to do about { $name }
studio-pin-comment = Pin
studio-unpin-comment = Take the pinned comment down
studio-delete = Delete
studio-mute-person = Mute 10 min
studio-mute-done = Muted for 10 minutes
studio-ban = Ban
studio-ban-sure = Ban this person from all lives of your store?
studio-ban-done = Banned
studio-release = Let { $name }’s message pass
studio-delete-of = Delete { $name }’s message
studio-silenced = Muted and banned
studio-silenced-none = Nobody.
studio-is-banned = Banned from all your lives
studio-is-muted = Muted until { $time }
studio-is-shadowed = Sees their own messages, others do not
studio-unsilence = Let talk again
studio-parts = Moderators
studio-parts-none = Only your staff. Make someone a moderator beside their message.
studio-moderator = Moderator
studio-part-give = Make moderator
studio-part-done = Is a moderator of this live now
studio-part-end = Take away
studio-slow = Slow mode
studio-slow-hint = How long a person waits between two messages
studio-slow-off = Off
studio-slow-every = { $count } s
studio-words = Blocked words
studio-words-hint = One a line. Who uses them is the only one to see the message. For all lives of the store.

# The tools.
studio-tools = Tools
studio-product = Product
studio-pieces = Pieces
studio-each = Most for one buyer
studio-countdown = Countdown before
studio-lasts = Lasts
studio-announce = Notice
studio-announce-text = Text
studio-announce-hint = Stays over the chat for everyone until you take it down. Up to 120 characters.
studio-announce-do = Show it
studio-announce-clear = Take the announcement down
studio-flash = Flash sale
studio-flash-words = Everyone sees the countdown; then the price falls for a short time and a few pieces.
studio-flash-price = Flash price
studio-flash-do = Start the countdown
studio-flash-done = The countdown runs
studio-drop = Coupon drop
studio-drop-words = So many coupons, for whoever is first. They count at the checkout of this store.
studio-drop-name = Coupon
studio-drop-valid = Can be taken for
studio-drop-do = Drop
studio-drop-left = { $left } of { $pieces } left
studio-drop-done = Dropped
studio-giveaway = Giveaway
studio-giveaway-words = The draw is sealed before it begins; anyone can check afterwards that it was fair.
studio-prize = Prize
studio-winners = Winners
studio-task = Who takes part
studio-task-watch = Whoever watches
studio-task-watch-words = And presses “Take part”
studio-task-follow = Whoever follows the store
studio-task-follow-words = One tap follows and takes part
studio-task-comment = Whoever writes the keyword
studio-task-comment-words = In the chat; it livens it up
studio-keyword = Keyword
studio-keyword-example = lucky
studio-draw-after = Draw after
studio-giveaway-do = Begin
studio-giveaway-done = The giveaway has begun
studio-auction = Auction
studio-auction-words = One piece, to whoever bids most. A bid in the last 10 seconds gives 10 more. Nobody can call it off once someone has bid.
studio-start-price = Starting price
studio-increment = Least step
studio-auction-do = Begin the auction
studio-auction-done = The auction has begun

# Flash sales that run.
studio-flash-line = { $price } · { $title }
studio-flash-soon = Begins soon: { $count ->
    [one] one piece
   *[other] { $count } pieces
}
studio-flash-left = { $left } of { $quota } left
studio-flash-gone = All { $quota } are sold
studio-flash-end = End it
studio-flash-end-sure = End the flash sale now? Orders that were placed keep their price.
studio-each-hint = Empty: as many as they like

# Orders by a comment.
studio-comment-orders = Buy by a comment
studio-comment-orders-words = Who writes a product’s number, such as 3 or 3 x2, gets it to buy at once.
