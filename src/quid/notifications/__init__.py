"""What people are told: the inbox, the socket, push and e-mail.

Never: the reason that something happened or not. What is lost on the way is read from the rows.
"""
