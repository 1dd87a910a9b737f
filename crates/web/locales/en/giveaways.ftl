# Giveaways of live rooms: the page on which a draw is checked, and what is said when something cannot be done.
giveaway-too-many = Three giveaways are open already: let one end first
giveaway-over = The winners have been drawn
giveaway-say-the-word = Say the keyword in the chat to take part
giveaway-full = As many take part as can
giveaway-keyword-letters = At least one letter or number
giveaway-name = Giveaway
giveaway-check-title = Giveaway: { $prize }
giveaway-drawn-at = The winners are drawn at { $time }, or earlier if the host says so.
giveaway-drawn-words = { $winners ->
    [0] Nobody won
    [one] One winner
   *[other] { $winners } winners
} among { $entries ->
    [0] no entries
    [one] one entry
   *[other] { $entries } entries
}.
giveaway-own = You take part with number { $number } ({ $entry }).
giveaway-own-won = You won, with number { $number } ({ $entry })! The store writes to you.
giveaway-check = Checked by your browser
giveaway-check-seed = The seed is the one that was sealed before anyone entered
giveaway-check-list = The list is the one that was drawn from
giveaway-check-draw = The draw comes to these winners
giveaway-check-script = Your browser does the draw again when scripts are on. The recipe below does it without.
giveaway-check-failed = This browser cannot calculate here. The recipe below does it by hand.
giveaway-check-unavailable = The list could not be fetched just now, so nothing was checked. Load the page again in a moment.
giveaway-fits = It fits: the winners follow from the sealed seed and the list.
giveaway-fits-not = It does not fit. Tell the platform.
giveaway-winners = Winners
giveaway-nobody = Nobody took part.
giveaway-number = Number { $number }
giveaway-proof = The proof
giveaway-commitment = Seal: the seed’s SHA-256, shown from the beginning
giveaway-seed = Seed
giveaway-seed-later = Shown after the draw
giveaway-list-hash = The list’s SHA-256
giveaway-entries = { $count ->
    [0] Nobody has entered yet
    [one] One entry
   *[other] { $count } entries
}
giveaway-more-entries = { $count } more are on the list.
giveaway-list = Download the list
giveaway-recipe = Do the draw yourself
giveaway-recipe-words = With the seed and the list from above, on any computer with a terminal:
giveaway-recipe-seed = The seed’s SHA-256 is the seal.
giveaway-recipe-list = The list’s SHA-256 is the one above. A line is the number, the entry and the masked name.
giveaway-recipe-number = The HMAC of the list’s SHA-256, a colon and 0, with the seed as its key. Its first 12 hexadecimal digits are a number. For the next, 1 in place of 0, and so on.
giveaway-recipe-draw = Divide the number by how many entries are left. The remainder, counted from 0, is the line that wins; it leaves the list. A number from the largest multiple below 2⁴⁸ on is left out, so that every entry has the same chance.
giveaway-limits = This shows that nobody could choose the winners after people had entered. It cannot show who the people behind the entries are; everyone enters once, with an account.
live-giveaway-you-won = You won: { $prize }!
live-giveaway-in-by-word = Say “{ $keyword }”
live-giveaway-contact = If you win, the store sees your name and contact to give you the prize.
studio-giveaway-draw = Draw now
studio-giveaway-draw-sure = Draw the winners now?
studio-giveaway-drawn = Won by { $names }
studio-giveaway-nobody = Nobody took part
studio-results = Winners
studio-results-hint = Who won in this live, and how to reach them
studio-results-none = Nothing was auctioned or given away in this live.
studio-contact = Contact
studio-result = Result
studio-result-price = Winning price
studio-check = Check the draw
studio-prize-hint = What you hand over yourself: it is not an order
studio-keyword-hint = For those who take part by a comment
