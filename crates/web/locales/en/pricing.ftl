# Words of what is taken off a price.
pricing-live = Live price
pricing-flash = Flash sale
pricing-won = Won at auction
