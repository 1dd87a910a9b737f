# Signing in, accounts, tokens, invitations.
people-sign-in = Sign in
people-sign-in-lead = One account for every store. We send a code, so there is no password to remember.
people-first-operator = Become the operator
people-first-operator-lead = This link from the server's log makes you the platform's first operator. Prove an e-mail address or phone number to sign in with from now on.
people-contact = E-mail or phone
people-contact-example = you@example.com or +65 8123 4567
people-contact-other = Use another contact
people-contact-email = This is not an e-mail address
people-contact-phone = This is not a phone number. It has 8 to 15 digits
people-contact-country = Please begin with the country code, such as +65
people-contact-shape = Please enter an e-mail address or a phone number with its country code
people-send-code = Send the code
people-code-title = Enter the code
people-code-sent = We sent six digits to
people-code-good-for = . They are good for 10 minutes.
people-code = Code
people-code-again = Send another code
people-code-shape = The code has six digits
people-code-wrong = That code is not right
people-code-wrong-tries = That code is not right. { $tries ->
    [one] You have one more try.
   *[other] You have { $tries } more tries.
}
people-code-gone = That code is no longer good. Please ask for another
people-code-too-many = Too many codes were asked for. Please try again in an hour
people-code-message = { $code } is your Ministore code. It is good for { $minutes } minutes. Nobody from Ministore will ever ask for it.
people-demo-or = Or be someone in the demo town
people-demo-code = Demo: the code is
people-demo-buyer = A buyer with orders in every state
people-demo-merchant = A merchant who owns a store
people-demo-baker = Owns the bakery, and is a stranger to the other stores
people-demo-clerk = A clerk who hands orders over
people-demo-newcomer = Invited, and about to open a store
people-demo-waiting = On the waiting list of the alpha
people-demo-operator = Runs the platform

people-me = My account
people-me-greeting = Hello, { $name }
people-me-orders = My orders
people-me-addresses = My addresses
people-me-stores = My stores
people-me-open-store = Open a store
people-me-about = About you
people-name = Name
people-name-hint = Stores see it on your orders
people-save = Save
people-email = E-mail
people-phone = Phone
people-language = Language
people-sessions = Where you are signed in
people-session-here = This browser
people-session-other = Another browser
people-session-since = Since
people-sessions-end-all = Sign out everywhere
people-sessions-sure = Sign out of every browser, this one too?

people-tokens = API tokens
people-tokens-lead = A token lets a program act for you. Treat it like a key.
people-tokens-none = No tokens yet
people-tokens-none-lead = Make one for each program, so that you can revoke it alone.
people-tokens-too-many = You have 50 tokens that are good. Revoke one first
people-token-new = New token
people-token-name = What it is for
people-token-name-example = Stock import at the warehouse
people-token-days = Good for
people-token-create = Make a token
people-token-made = Here is your token
people-token-once = Copy it now. It is not shown again.
people-token-used = Last used
people-token-never = Never
people-token-until = Good until
people-token-revoke = Revoke
people-token-revoke-sure = Revoke “{ $name }”? Programs that use it stop working at once.
people-token-revoked = Revoked
people-token-expired = Expired
people-days = { $days ->
    [one] One day
   *[other] { $days } days
}
people-copy = Copy

people-role-owner = Owner
people-role-manager = Manager
people-role-clerk = Clerk
people-role-host = Host
people-staff-not-allowed = Only someone above that role may give it or take it away
people-staff-last-owner = A store needs an owner. Make someone else owner first
people-staff-full = A store has at most 100 people

people-invitation-message = You are invited to the Ministore alpha. Sign in and open your store at { $address }
