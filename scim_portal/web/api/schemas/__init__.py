"""The shapes of the admin API's bodies and answers, per subject: what is promised outside, checked and documented."""
