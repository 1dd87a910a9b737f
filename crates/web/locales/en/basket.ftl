# Words of the basket.
basket-title = Basket
basket-empty-title = Nothing here yet
basket-empty-words = What you put in the basket waits for you here, also after you sign in.
basket-empty-go = Look at the shelf
basket-remove = Remove
basket-less = One less
basket-more = One more
basket-quantity = Quantity
basket-update = Update
basket-pieces =
    { $count ->
        [one] { $count } piece
       *[other] { $count } pieces
    }
basket-freight-later = Freight is added at checkout.
basket-checkout = Check out
basket-to-store = To the store
basket-not-sold = The store no longer sells this. Remove it to go on.
basket-line-sold-out = Sold out. Remove it to go on.
basket-only =
    { $count ->
        [one] Only { $count } left. Take fewer to go on.
       *[other] Only { $count } left. Take fewer to go on.
    }
basket-said-added = Added to the basket
basket-said-sold-out = There are not so many left
basket-said-not-sold = The store does not sell this now
basket-said-quantity = Choose between 1 and 999 pieces
basket-said-trouble = Something in the basket cannot be bought as it is. Mend what is marked, then check out.
basket-sold-out = This is sold out
basket-full = A basket holds at most 200 different things
