// Made by ./dev gen web of docs/api/openapi.json.
export interface paths {
    "/demo/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the demo people whom one can be, those who are there
         * @description List the demo people whom one can be, those who are there.
         */
        get: operations["personas_demo_people_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/demo/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a browser session as somebody of the demo, without their password or second factor
         * @description Open a browser session as somebody of the demo, without their password or second factor.
         */
        post: operations["become_demo_sign_in_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell what this house is, and has
         * @description Tell what this house is, and has. The same for everybody, and good for five minutes.
         */
        get: operations["about_v1_app_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove an e-mail: who is known is signed in, who is not gets a ticket to sign up
         * @description Prove an e-mail: who is known is signed in, who is not gets a ticket to sign up.
         *
         *     Whoever has a second factor is asked for it: `auth/step-up` then gives the session.
         */
        post: operations["code_v1_auth_code_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a code to another e-mail, whoever has it; nothing changes before it comes back
         * @description Send a code to another e-mail, whoever has it; nothing changes before it comes back.
         */
        post: operations["begin_email_v1_auth_email_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/email/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the e-mail by the code that went there; the old one is told, other sessions end
         * @description Change the e-mail by the code that went there; the old one is told, other sessions end.
         */
        post: operations["finish_email_v1_auth_email_confirm_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkey/register/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the browser for a new passkey; nothing holds before its answer
         * @description Ask the browser for a new passkey; nothing holds before its answer.
         */
        post: operations["offer_v1_auth_passkey_register_options_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkey/register/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add the passkey that the browser has made; ten of an account at most
         * @description Add the passkey that the browser has made; ten of an account at most.
         */
        post: operations["add_v1_auth_passkey_register_verify_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkey/sign-in/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask whichever passkey the browser finds, also by autofill; equal for everybody
         * @description Ask whichever passkey the browser finds, also by autofill; equal for everybody.
         */
        post: operations["ask_v1_auth_passkey_sign_in_options_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkey/sign-in/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a browser session by a passkey; no second factor is asked, and it has stepped up
         * @description Open a browser session by a passkey; no second factor is asked, and it has stepped up.
         */
        post: operations["sign_in_v1_auth_passkey_sign_in_verify_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set another password; all other sessions end
         * @description Set another password; all other sessions end.
         */
        post: operations["change_password_v1_auth_password_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin anew: the code of `auth/start`, a new password, and a second factor if there is one
         * @description Begin anew: the code of `auth/start`, a new password, and a second factor if there is one.
         *
         *     STEP_UP_REQUIRED names the `methods` that are wanted beside the same code, and as JSON text in
         *     `passkey` what to ask one. Opened by e-mail
         *     alone, the account can send no money for 24 hours. All earlier sessions end.
         */
        post: operations["recover_v1_auth_recover_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make ten new recovery codes, shown this once; the old ones open nothing from here on
         * @description Make ten new recovery codes, shown this once; the old ones open nothing from here on.
         */
        post: operations["renew_recovery_codes_v1_auth_recovery_codes_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token for a new pair; one that comes back a second time ends both
         * @description Exchange a refresh token for a new pair; one that comes back a second time ends both.
         */
        post: operations["refresh_v1_auth_refresh_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a browser session; `auth/step-up` gives it to whoever has a second factor
         * @description Open a browser session; `auth/step-up` gives it to whoever has a second factor.
         */
        post: operations["sign_in_v1_auth_sign_in_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End this session, at once and on the server
         * @description End this session, at once and on the server.
         */
        post: operations["sign_out_v1_auth_sign_out_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a person of a proven e-mail, and sign them in
         * @description Make a person of a proven e-mail, and sign them in.
         */
        post: operations["sign_up_v1_auth_sign_up_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin with an e-mail: a code goes there, whether it is known or not
         * @description Begin with an e-mail: a code goes there, whether it is known or not.
         */
        post: operations["start_v1_auth_start_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/step-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a challenge, or answer one: that of this session, or of a sign-in that waits for it
         * @description Ask for a challenge, or answer one: that of this session, or of a sign-in that waits for it.
         *
         *     In a session it is good for 10 minutes, and a browser gets a new cookie. A sign-in is answered
         *     as it would have been without a second factor.
         */
        post: operations["step_up_v1_auth_step_up_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a session of an API client; `auth/step-up` gives it to whoever has a second factor
         * @description Open a session of an API client; `auth/step-up` gives it to whoever has a second factor.
         */
        post: operations["token_v1_auth_token_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a secret for an authenticator app, shown this once; nothing holds before its code
         * @description Make a secret for an authenticator app, shown this once; nothing holds before its code.
         */
        post: operations["offer_totp_v1_auth_totp_post"];
        /**
         * Take the app from the account; its recovery codes stay where a passkey needs them
         * @description Take the app from the account; its recovery codes stay where a passkey needs them.
         */
        delete: operations["turn_totp_off_v1_auth_totp_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turn the app on by its first code, in place of an older one; ten recovery codes come back
         * @description Turn the app on by its first code, in place of an older one; ten recovery codes come back.
         */
        post: operations["confirm_totp_v1_auth_totp_confirm_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell what I have, from the primary
         * @description Tell what I have, from the primary.
         */
        get: operations["balance_v1_balance_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deposits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my deposits, newest first
         * @description List my deposits, newest first.
         */
        get: operations["deposits_v1_deposits_get"];
        put?: never;
        /**
         * Put money in from my bank
         * @description Put money in from my bank. It is spendable once the bank has sent it.
         */
        post: operations["deposit_v1_deposits_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deposits/{deposit_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one of my deposits, with its course and dates
         * @description Show one of my deposits, with its course and dates. Anybody else's is not there.
         */
        get: operations["deposit_of_v1_deposits__deposit_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deposits/{deposit_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a deposit back, while the bank's network allows it
         * @description Take a deposit back, while the bank's network allows it.
         */
        post: operations["cancel_deposit_v1_deposits__deposit_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deposits/quote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell when a deposit would be there
         * @description Tell when a deposit would be there. Nothing is moved.
         */
        post: operations["quote_deposit_v1_deposits_quote_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/disputes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my reports and appeals, the latest first; of what is not mine there are none
         * @description List my reports and appeals, the latest first; of what is not mine there are none.
         */
        get: operations["disputes_v1_disputes_get"];
        put?: never;
        /**
         * Report a payment of mine that has arrived, within 120 days; no money moves by it
         * @description Report a payment of mine that has arrived, within 120 days; no money moves by it.
         *
         *     The other party is told nothing of it.
         */
        post: operations["report_v1_disputes_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/disputes/{dispute_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a report or appeal of mine
         * @description Show a report or appeal of mine. Anybody else's is not there.
         */
        get: operations["dispute_of_v1_disputes__dispute_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/disputes/{dispute_id}/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer what was asked of me, once for each question
         * @description Answer what was asked of me, once for each question.
         */
        post: operations["answer_v1_disputes__dispute_id__info_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/disputes/{dispute_id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take back what I said
         * @description Take back what I said. It ends here.
         */
        post: operations["withdraw_v1_disputes__dispute_id__withdraw_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/feed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List completed payments that I may see, newest first
         * @description List completed payments that I may see, newest first.
         *
         *     A page may be short, or empty, and have a cursor: then there may be more behind it. An offset
         *     counts from the newest that I may see; cursors alone show each item once while others arrive.
         */
        get: operations["feed_v1_feed_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/feed/{payment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one completed payment that I may see
         * @description Show one completed payment that I may see.
         */
        get: operations["item_v1_feed__payment_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/feed/{payment_id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what is written under a payment, oldest first; nothing of anybody across a block
         * @description List what is written under a payment, oldest first; nothing of anybody across a block.
         */
        get: operations["comments_v1_feed__payment_id__comments_get"];
        put?: never;
        /**
         * Write under a payment that I see
         * @description Write under a payment that I see. The same key, sent again, writes nothing more.
         */
        post: operations["comment_v1_feed__payment_id__comments_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/feed/{payment_id}/comments/{comment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a comment of mine, or one under a payment of mine
         * @description Delete a comment of mine, or one under a payment of mine. It is gone for everybody.
         */
        delete: operations["remove_comment_v1_feed__payment_id__comments__comment_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/feed/{payment_id}/likes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Like a payment that I see
         * @description Like a payment that I see. Doing it twice changes nothing.
         */
        put: operations["like_v1_feed__payment_id__likes_put"];
        /**
         * Like a payment that I see
         * @description Like a payment that I see. Doing it twice changes nothing.
         */
        post: operations["like_v1_feed__payment_id__likes_post"];
        /**
         * Like it no more
         * @description Like it no more. Doing it twice changes nothing.
         */
        delete: operations["unlike_v1_feed__payment_id__likes_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/friends": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List friends, asks both ways, or whom the caller has blocked or muted, latest first
         * @description List friends, asks both ways, or whom the caller has blocked or muted, latest first.
         */
        get: operations["friends_v1_friends_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/friends/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Ask somebody to be a friend, or accept who has asked
         * @description Ask somebody to be a friend, or accept who has asked.
         */
        put: operations["befriend_v1_friends__user_id__put"];
        post?: never;
        /**
         * End a friendship, take an ask back, or decline one; the other is not told
         * @description End a friendship, take an ask back, or decline one; the other is not told.
         */
        delete: operations["part_v1_friends__user_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/friends/{user_id}/block": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Refuse somebody, who is not told; both stop existing for each other
         * @description Refuse somebody, who is not told; both stop existing for each other.
         */
        put: operations["block_v1_friends__user_id__block_put"];
        post?: never;
        /**
         * Refuse somebody no longer; restores nothing
         * @description Refuse somebody no longer; restores nothing.
         */
        delete: operations["unblock_v1_friends__user_id__block_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/friends/{user_id}/mute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Hear no more of somebody, who is not told
         * @description Hear no more of somebody, who is not told.
         */
        put: operations["mute_v1_friends__user_id__mute_put"];
        post?: never;
        /**
         * Hear of somebody again
         * @description Hear of somebody again.
         */
        delete: operations["unmute_v1_friends__user_id__mute_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/funding-sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my banks and cards; with `removed` those that I took away too, after the others
         * @description List my banks and cards; with `removed` those that I took away too, after the others.
         */
        get: operations["funding_sources_v1_funding_sources_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/funding-sources/{funding_source_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one of my banks and cards, removed or not
         * @description Show one of my banks and cards, removed or not.
         */
        get: operations["funding_source_v1_funding_sources__funding_source_id__get"];
        put?: never;
        post?: never;
        /**
         * Remove a bank or card; refused while a transfer on it is open
         * @description Remove a bank or card; refused while a transfer on it is open.
         */
        delete: operations["remove_v1_funding_sources__funding_source_id__delete"];
        options?: never;
        head?: never;
        /**
         * Use this bank, or this card, where none is named
         * @description Use this bank, or this card, where none is named.
         */
        patch: operations["change_v1_funding_sources__funding_source_id__patch"];
        trace?: never;
    };
    "/v1/funding-sources/{funding_source_id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enter the two small amounts that arrived
         * @description Enter the two small amounts that arrived. Three tries, ten days.
         */
        post: operations["verify_v1_funding_sources__funding_source_id__verify_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/funding-sources/bank": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take what the page gave, once; or link an account by its numbers, to which two small amounts are then sent
         * @description Take what the page gave, once; or link an account by its numbers, to which two small amounts
         *     are then sent. Typed numbers want a fresh proof, as opening a page does.
         */
        post: operations["bank_v1_funding_sources_bank_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/funding-sources/bank/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open the provider's page, for half an hour; the browser comes back to `return_path`
         * @description Open the provider's page, for half an hour; the browser comes back to `return_path`.
         */
        post: operations["link_v1_funding_sources_bank_link_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/funding-sources/card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open the page that takes a card (after a fresh proof), or take what was entered there
         * @description Open the page that takes a card (after a fresh proof), or take what was entered there.
         */
        post: operations["card_v1_funding_sources_card_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the caller's own view
         * @description Give the caller's own view.
         */
        get: operations["me_v1_me_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change name, handle, language or zone
         * @description Change name, handle, language or zone. Nothing else of a person can be written.
         */
        patch: operations["change_me_v1_me_patch"];
        trace?: never;
    };
    "/v1/me/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say what the caller may not do for now, since when, and when somebody looks again
         * @description Say what the caller may not do for now, since when, and when somebody looks again.
         */
        get: operations["holds_v1_me_holds_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/holds/{hold_id}/appeal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask that somebody looks at a hold on my account; one appeal of each is open at a time
         * @description Ask that somebody looks at a hold on my account; one appeal of each is open at a time.
         */
        post: operations["appeal_hold_v1_me_holds__hold_id__appeal_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say what the caller may send at once, in a day and in a week, and what counts already
         * @description Say what the caller may send at once, in a day and in a week, and what counts already.
         */
        get: operations["limits_v1_me_limits_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lock the account: every session ends, nobody enters, no money leaves
         * @description Lock the account: every session ends, nobody enters, no money leaves. Recovery opens it.
         */
        post: operations["lock_v1_me_lock_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the caller's passkeys, oldest first
         * @description List the caller's passkeys, oldest first.
         */
        get: operations["passkeys_v1_me_passkeys_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/passkeys/{passkey_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a passkey from the account; with the last second factor the recovery codes go
         * @description Take a passkey from the account; with the last second factor the recovery codes go.
         */
        delete: operations["remove_v1_me_passkeys__passkey_id__delete"];
        options?: never;
        head?: never;
        /**
         * Call a passkey something else
         * @description Call a passkey something else.
         */
        patch: operations["rename_v1_me_passkeys__passkey_id__patch"];
        trace?: never;
    };
    "/v1/me/privacy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say what others may see of the caller, and ask of them
         * @description Say what others may see of the caller, and ask of them.
         */
        get: operations["privacy_v1_me_privacy_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what others may see and ask; holds from their next look
         * @description Change what others may see and ask; holds from their next look.
         */
        patch: operations["change_privacy_v1_me_privacy_patch"];
        trace?: never;
    };
    "/v1/me/privacy/past": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let nobody see more of my past payments than this; none is ever opened wider by it
         * @description Let nobody see more of my past payments than this; none is ever opened wider by it.
         */
        post: operations["hide_past_v1_me_privacy_past_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/security-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what happened to the safety of the caller's account, latest first
         * @description List what happened to the safety of the caller's account, latest first.
         */
        get: operations["security_events_v1_me_security_events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List where the caller is signed in, the latest used first
         * @description List where the caller is signed in, the latest used first.
         */
        get: operations["sessions_v1_me_sessions_get"];
        put?: never;
        post?: never;
        /**
         * End all sessions of the caller but this one
         * @description End all sessions of the caller but this one.
         */
        delete: operations["revoke_others_v1_me_sessions_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of the caller's sessions: its next request is refused, its refresh token too
         * @description End one of the caller's sessions: its next request is refused, its refresh token too.
         */
        delete: operations["revoke_v1_me_sessions__session_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say the caller's tier, whether something is being checked, and what the next tier needs
         * @description Say the caller's tier, whether something is being checked, and what the next tier needs.
         */
        get: operations["where_i_stand_v1_me_verification_get"];
        put?: never;
        /**
         * Say who one is in law: of tier 1 as soon as the verifier agrees, mostly at once
         * @description Say who one is in law: of tier 1 as soon as the verifier agrees, mostly at once.
         */
        post: operations["verify_v1_me_verification_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/verification/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send one document of at most 10 MiB as the body; an operator looks at it for tier 2
         * @description Send one document of at most 10 MiB as the body; an operator looks at it for tier 2.
         */
        post: operations["add_document_v1_me_verification_documents_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what I was told, newest first, and count what is unread of all of it
         * @description List what I was told, newest first, and count what is unread of all of it.
         */
        get: operations["notifications_v1_notifications_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the devices that the caller is pushed to, the newest first
         * @description List the devices that the caller is pushed to, the newest first.
         */
        get: operations["devices_v1_notifications_devices_get"];
        put?: never;
        /**
         * Push to a browser or phone while this session stands; one that was another person's is the caller's
         * @description Push to a browser or phone while this session stands; one that was another person's is the
         *     caller's.
         */
        post: operations["register_v1_notifications_devices_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/devices/{device_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Push to a device no more
         * @description Push to a device no more.
         */
        delete: operations["forget_v1_notifications_devices__device_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say what may reach me, and which ways
         * @description Say what may reach me, and which ways.
         */
        get: operations["preferences_v1_notifications_preferences_get"];
        /**
         * Choose what may reach me; holds for what is sent from now on
         * @description Choose what may reach me; holds for what is sent from now on.
         */
        put: operations["prefer_v1_notifications_preferences_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/push-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the key with which a browser subscribes; not there where browsers are not pushed to
         * @description Give the key with which a browser subscribes; not there where browsers are not pushed to.
         */
        get: operations["push_key_v1_notifications_push_key_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark as read what is named, or all that had come by then; or take that back
         * @description Mark as read what is named, or all that had come by then; or take that back.
         */
        post: operations["read_v1_notifications_read_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my payments, newest first; or the one that a key of mine has made
         * @description List my payments, newest first; or the one that a key of mine has made.
         */
        get: operations["payments_v1_payments_get"];
        put?: never;
        /**
         * Pay someone from your balance, your bank or your card
         * @description Move money: at once from the balance, by a bank or card as fast as that is.
         *
         *     The same key and body, sent again, move nothing: they answer the same, or where it stands.
         */
        post: operations["send_payment_v1_payments_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{payment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one of my payments
         * @description Show one of my payments. Anybody else's is not there.
         */
        get: operations["payment_v1_payments__payment_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{payment_id}/appeal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask that somebody looks at a payment of mine that your checks have stopped, once
         * @description Ask that somebody looks at a payment of mine that your checks have stopped, once.
         */
        post: operations["appeal_payment_v1_payments__payment_id__appeal_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{payment_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a payment back while it waits; its money is spendable again
         * @description Take a payment back while it waits; its money is spendable again.
         */
        post: operations["cancel_v1_payments__payment_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{payment_id}/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the code that proves this payment by e-mail, where that is one of its methods
         * @description Send the code that proves this payment by e-mail, where that is one of its methods.
         */
        post: operations["send_code_v1_payments__payment_id__code_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{payment_id}/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the passkey that proves this payment, where that is one of its methods
         * @description Ask the passkey that proves this payment, where that is one of its methods.
         */
        post: operations["ask_passkey_v1_payments__payment_id__passkey_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{payment_id}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one of my payments with its lines in the ledger, as proof
         * @description Show one of my payments with its lines in the ledger, as proof. Anybody else's is no more.
         */
        get: operations["receipt_v1_payments__payment_id__receipt_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{payment_id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove that it is me who pays; the money is sent
         * @description Prove that it is me who pays; the money is sent. The fifth wrong proof ends the payment.
         */
        post: operations["verify_v1_payments__payment_id__verify_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{payment_id}/visibility": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say who may see it, as one of its two people; of the two wishes the stricter holds
         * @description Say who may see it, as one of its two people; of the two wishes the stricter holds.
         */
        put: operations["show_to_v1_payments__payment_id__visibility_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/quote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell what a payment would cost, and whether it would be taken
         * @description Tell what a payment would cost, and whether it would be taken. Nothing is sent or held.
         */
        post: operations["quote_v1_payments_quote_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/public/users/{handle}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say to anybody who holds a pay link whose it is: name and picture, no more
         * @description Say to anybody who holds a pay link whose it is: name and picture, no more.
         *
         *     Counted as a try to sign in of the network address is, so that nobody lists people by guessing.
         */
        get: operations["public_card_v1_public_users__handle__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what I am to pay, what I wait for, or what is done, the latest first
         * @description List what I am to pay, what I wait for, or what is done, the latest first.
         */
        get: operations["requests_v1_requests_get"];
        put?: never;
        /**
         * Ask somebody for money
         * @description Ask somebody for money. Nothing moves until they pay.
         */
        post: operations["ask_v1_requests_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a request of mine or to me
         * @description Show a request of mine or to me. Anybody else's is not there.
         */
        get: operations["request_of_v1_requests__request_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{request_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take my request back
         * @description Take my request back. No money moves, now or later.
         */
        post: operations["cancel_v1_requests__request_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{request_id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say no
         * @description Say no. No money moves, now or later.
         */
        post: operations["decline_v1_requests__request_id__decline_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{request_id}/pay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pay what I was asked for, by an ordinary payment, once
         * @description Pay what I was asked for, by an ordinary payment, once.
         *
         *     The same key, sent again, moves nothing: it answers the same, or where it stands.
         */
        post: operations["pay_v1_requests__request_id__pay_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{request_id}/remind": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask again for what I asked; once in 24 hours, three times in all
         * @description Ask again for what I asked; once in 24 hours, three times in all.
         */
        post: operations["remind_v1_requests__request_id__remind_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what touched my balance, newest first
         * @description List what touched my balance, newest first.
         */
        get: operations["transactions_v1_transactions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transactions/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give all that the filters let through as a file
         * @description Give all that the filters let through as a file. A file that ends early is not whole.
         */
        get: operations["export_v1_transactions_export_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find people by the beginning of any word of name or handle, or by exact e-mail or phone
         * @description Find people by the beginning of any word of name or handle, or by exact e-mail or phone.
         */
        get: operations["search_v1_users_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{handle}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give somebody's card, what they are to me, and their latest payments that I may see
         * @description Give somebody's card, what they are to me, and their latest payments that I may see.
         *
         *     A block either way reads as nobody.
         */
        get: operations["user_v1_users__handle__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/withdrawals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my withdrawals, newest first
         * @description List my withdrawals, newest first.
         */
        get: operations["withdrawals_v1_withdrawals_get"];
        put?: never;
        /**
         * Take money out to my bank
         * @description Take money out to my bank. The first time to a bank wants a fresh proof that it is me.
         */
        post: operations["withdraw_v1_withdrawals_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/withdrawals/{withdrawal_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one of my withdrawals, with its course and dates
         * @description Show one of my withdrawals, with its course and dates. Anybody else's is not there.
         */
        get: operations["withdrawal_of_v1_withdrawals__withdrawal_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/withdrawals/{withdrawal_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a withdrawal back, while the bank's network allows it
         * @description Take a withdrawal back, while the bank's network allows it.
         */
        post: operations["cancel_withdrawal_v1_withdrawals__withdrawal_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/withdrawals/quote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell what a withdrawal costs and when it arrives
         * @description Tell what a withdrawal costs and when it arrives. Nothing is moved.
         */
        post: operations["quote_withdrawal_v1_withdrawals_quote_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * About
         * @description What this house is, and has.
         */
        About: {
            amounts: components["schemas"]["Amounts"];
            /**
             * Demo
             * @description test money, and people whom one can be: GET /demo/people
             */
            demo: boolean;
            /**
             * Languages
             * @description in which the web app speaks, the usual one first
             */
            languages: string[];
            /**
             * Mailbox
             * @description page of the mails that were not sent; in a demo
             */
            mailbox: string | null;
            /** Name */
            name: string;
            /**
             * Passkeys
             * @description browsers hand them out here: by HTTPS, or at localhost
             */
            passkeys: boolean;
            /**
             * Public Feed
             * @description there is a feed of what everybody may see
             */
            public_feed: boolean;
            /**
             * Push
             * @description browsers are pushed to: GET /v1/notifications/push-key
             */
            push: boolean;
        };
        /**
         * ActivityPage
         * @description A page of activity, newest first.
         */
        ActivityPage: {
            /** Items */
            items: components["schemas"]["ActivityView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * ActivityView
         * @description A line of activity. `amount` is signed, in minor units: what it did to my balance.
         *
         *     Where `balance_after` is null nothing moved, or has not yet; a payment that waits with a part of
         *     my balance has it, and its `funding` line, null, counts with it. `owed`: what of a return,
         *     refund or chargeback my balance did not have, so that I owe so much more (or less, below 0).
         *     `payment_id` names the payment of which money came back (`reversal`, `release`), or of which a
         *     bank or card pays a part (`funding`); `operation_id` what was done at the bank or card.
         */
        ActivityView: {
            /** Amount */
            amount: number;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Balance After */
            balance_after: number | null;
            counterparty: components["schemas"]["PartyView"] | null;
            /** Currency */
            currency: string;
            /**
             * Direction
             * @enum {string}
             */
            direction: "in" | "out";
            /** Fee */
            fee: number;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "payment" | "deposit" | "reversal" | "release" | "funding" | "withdrawal" | "return" | "recovery" | "refund" | "chargeback";
            /** Note */
            note: string;
            /** Operation Id */
            operation_id: string | null;
            /** Owed */
            owed: number;
            /** Payment Id */
            payment_id: string | null;
            /** State */
            state: string;
        };
        /**
         * ActorView
         * @description A person as a notice names them: `usr_` id, handle, name, picture.
         */
        ActorView: {
            /** Avatar Seed */
            avatar_seed: string;
            /** Display Name */
            display_name: string;
            /** Handle */
            handle: string;
            /** Id */
            id: string;
        };
        /**
         * AddressBody
         * @description Where the person lives.
         */
        AddressBody: {
            /** City */
            city: string;
            /**
             * Country
             * @description ISO 3166, two letters
             */
            country: string;
            /** Line1 */
            line1: string;
            /**
             * Line2
             * @default
             */
            line2?: string;
            /** Postal Code */
            postal_code: string;
            /**
             * Region
             * @default
             */
            region?: string;
        };
        /**
         * Amounts
         * @description What one payment may be. Minor units of the currency.
         */
        Amounts: {
            /** Currency */
            currency: string;
            /** Max */
            max: number;
            /** Min */
            min: number;
        };
        /**
         * AskBody
         * @description Ask somebody for money. Amount in minor units: 1368 is $13.68.
         */
        AskBody: {
            /**
             * Amount
             * @example 9500
             */
            amount: number;
            /**
             * Currency
             * @constant
             */
            currency: "USD";
            /**
             * Expires In Days
             * @default 30
             */
            expires_in_days?: number;
            /**
             * Note
             * @example rent
             */
            note: string;
            /**
             * Requestee Id
             * @example usr_064ts9kc5cqxk5yqg0b5t1v2mm
             */
            requestee_id: string;
            /** Visibility */
            visibility?: ("private" | "friends" | "public") | null;
        };
        /**
         * BalanceView
         * @description What a person has, in minor units of `currency`; `version` grows with every change.
         */
        BalanceView: {
            /** Available */
            available: number;
            /** Currency */
            currency: string;
            /** On Hold */
            on_hold: number;
            /** Owed */
            owed: number;
            /** Pending */
            pending: number;
            /** Version */
            version: number;
            /** Withdrawable */
            withdrawable: number;
        };
        /**
         * BankAnswer
         * @description From and to banks and cards, each in rolling 7 days. Amounts in minor units.
         */
        BankAnswer: {
            credit: components["schemas"]["CreditAnswer"];
            money_in: components["schemas"]["WindowAnswer"];
            money_out: components["schemas"]["WindowAnswer"];
            /** Per Withdrawal */
            per_withdrawal: number;
        };
        /**
         * BankBody
         * @description Link a bank: by the page that was opened, by its token, or by typed numbers.
         *
         *     Which fields belong to which `method`: link: link_session_id; token: public_token, account_id;
         *     manual: bank_name, routing, account, kind.
         */
        BankBody: {
            /**
             * Account
             * @description 4 to 17 digits
             */
            account?: string | null;
            /** Account Id */
            account_id?: string | null;
            /** Bank Name */
            bank_name?: string | null;
            /** Kind */
            kind?: ("checking" | "savings") | null;
            /** Link Session Id */
            link_session_id?: string | null;
            /**
             * Method
             * @enum {string}
             */
            method: "link" | "token" | "manual";
            /** Public Token */
            public_token?: string | null;
            /**
             * Routing
             * @description ABA number
             */
            routing?: string | null;
        };
        /**
         * CanView
         * @description What the viewer may do with it now.
         */
        CanView: {
            /** Cancel */
            cancel: boolean;
            /** Change Visibility */
            change_visibility: boolean;
            /** Verify */
            verify: boolean;
        };
        /**
         * CardBody
         * @description Link a card: first open the page (return_path, purpose), then send setup_session_id.
         */
        CardBody: {
            /** Purpose */
            purpose?: ("charge" | "payout") | null;
            /** Return Path */
            return_path?: string | null;
            /** Setup Session Id */
            setup_session_id?: string | null;
        };
        /**
         * CardPage
         * @description A page of the card processor to send the person to.
         */
        CardPage: {
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Setup Session Id */
            setup_session_id: string;
            /** Url */
            url: string;
        };
        /**
         * Cards
         * @description People found, the nearest first.
         */
        Cards: {
            /** Items */
            items: components["schemas"]["UserCard"][];
            /** Next Cursor */
            next_cursor?: null;
        };
        /**
         * ChallengeView
         * @description What the payer is to prove, how, and until when. `redirect`: on the page at `url`.
         */
        ChallengeView: {
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Id */
            id: string;
            /** Methods */
            methods: string[];
            /** Reason */
            reason: string;
            /** Url */
            url?: string | null;
        };
        /**
         * ChosenBody
         * @description One wish.
         */
        ChosenBody: {
            /** Is On */
            is_on: boolean;
            /**
             * Topic
             * @enum {string}
             */
            topic: "money_in" | "money_out" | "checks" | "requests" | "answers" | "reminders" | "friends" | "likes" | "comments" | "transfers" | "disputes" | "security" | "freezes" | "account";
            /**
             * Way
             * @enum {string}
             */
            way: "inbox" | "push" | "email";
        };
        /**
         * CodeBody
         * @description A code from the mail.
         */
        CodeBody: {
            /** Challenge Id */
            challenge_id: string;
            /**
             * Code
             * @description six digits
             */
            code: string;
            /**
             * Remember
             * @description 30 days, without an idle limit
             * @default false
             */
            remember?: boolean;
        };
        /**
         * CommentBody
         * @description What to write under a payment.
         */
        CommentBody: {
            /**
             * Text
             * @description 1 to 500, NFC, plain text
             */
            text: string;
        };
        /**
         * CommentsPage
         * @description A page of comments, oldest first. With a cursor there may be more.
         */
        CommentsPage: {
            /** Items */
            items: components["schemas"]["CommentView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * CommentView
         * @description A comment as one viewer sees it. `can_delete`: they wrote it, or the payment is theirs.
         */
        CommentView: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            author: components["schemas"]["PartyView"];
            /** Can Delete */
            can_delete: boolean;
            /** Id */
            id: string;
            /** Text */
            text: string;
        };
        /**
         * ConfirmBody
         * @description The two amounts as they stand on the statement, in cents, in any order.
         */
        ConfirmBody: {
            /**
             * Amounts
             * @example [
             *       17,
             *       23
             *     ]
             */
            amounts: number[];
        };
        /**
         * CreditAnswer
         * @description What we lend until a bank's money has settled. Amounts in minor units.
         */
        CreditAnswer: {
            /** Left */
            left: number;
            /** Limit */
            limit: number;
            /** Used */
            used: number;
        };
        /**
         * DefaultBody
         * @description Use it where none is named. What takes its place is chosen, so false is not taken.
         */
        DefaultBody: {
            /**
             * Is Default
             * @constant
             */
            is_default: true;
        };
        /**
         * DepositsPage
         * @description Deposits, newest first; `next_cursor` where there are more.
         */
        DepositsPage: {
            /** Deposits */
            deposits: components["schemas"]["MoveView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * DepositView
         * @description A deposit, and what I then have.
         */
        DepositView: {
            balance: components["schemas"]["LeftView"];
            deposit: components["schemas"]["MoveView"];
        };
        /**
         * DeviceRequest
         * @description A device to be told on: of kind `web` its subscription, else its token.
         */
        DeviceRequest: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "web" | "fcm" | "apns";
            /**
             * Label
             * @default
             */
            label?: string;
            subscription?: components["schemas"]["SubscriptionBody"] | null;
            /** Token */
            token?: string | null;
        };
        /**
         * Devices
         * @description The devices of the caller, the newest first.
         */
        Devices: {
            /** Items */
            items: components["schemas"]["DeviceView"][];
        };
        /**
         * DeviceView
         * @description A device; `last_ok_at`: when its push service last took something for it.
         */
        DeviceView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "web" | "fcm" | "apns";
            /** Label */
            label: string;
            /** Last Ok At */
            last_ok_at: string | null;
        };
        /**
         * DisputeCanView
         * @description What its person may do with it now.
         */
        DisputeCanView: {
            /** Answer */
            answer: boolean;
            /** Withdraw */
            withdraw: boolean;
        };
        /**
         * DisputesPage
         * @description A page of disputes of one person, the latest first.
         */
        DisputesPage: {
            /** Items */
            items: components["schemas"]["DisputeView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * DisputeView
         * @description A report of a payment, or an appeal, as its person sees it.
         *
         *     `claim`: `hold` is an appeal against a hold and has `hold_id`; all others have `payment_id`, and
         *     of them `rejected` is an appeal against a payment that we stopped. `answer_on`: the day by which
         *     we answer, in New York; `at_latest_on`: the day by which we decide if we need longer, null for
         *     an appeal. `messages`: the first is what was reported.
         */
        DisputeView: {
            /**
             * Answer On
             * Format: date
             */
            answer_on: string;
            /** At Latest On */
            at_latest_on: string | null;
            can: components["schemas"]["DisputeCanView"];
            /** Claim */
            claim: ("unauthorized" | "scam" | "wrong_person" | "wrong_amount" | "duplicate" | "not_as_agreed" | "other") | ("hold" | "rejected");
            /** Ended At */
            ended_at: string | null;
            /** Hold Id */
            hold_id: string | null;
            /** Id */
            id: string;
            /** Messages */
            messages: components["schemas"]["MessageView"][];
            /**
             * Opened At
             * Format: date-time
             */
            opened_at: string;
            /** Payment Id */
            payment_id: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "OPEN" | "NEEDS_INFO" | "UNDER_REVIEW" | "WON" | "LOST" | "WITHDRAWN";
        };
        /**
         * EmailAsked
         * @description A code is on its way to the new e-mail.
         */
        EmailAsked: {
            /** Challenge Id */
            challenge_id: string;
        };
        /**
         * EmailBody
         * @description A new e-mail.
         */
        EmailBody: {
            /** Email */
            email: string;
        };
        /**
         * EmailCodeBody
         * @description The code that went to the new e-mail.
         */
        EmailCodeBody: {
            /** Challenge Id */
            challenge_id: string;
            /**
             * Code
             * @description six digits
             */
            code: string;
        };
        /**
         * FailureView
         * @description Why it was not paid: the code and the words its payer was answered.
         */
        FailureView: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /** Title */
            title: string;
        };
        /**
         * FeedItem
         * @description A completed payment as one viewer sees it. `amount` in minor units; null: not for them.
         *
         *     `kind`: "charged" when the payee had asked for it. `direction`: what it did to the viewer's
         *     balance; null for who is no party. Comments and likes of people across a block are not counted.
         */
        FeedItem: {
            /** Amount */
            amount: number | null;
            /** Comment Count */
            comment_count: number;
            /**
             * Completed At
             * Format: date-time
             */
            completed_at: string;
            /** Currency */
            currency: string;
            /** Direction */
            direction: ("in" | "out") | null;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "paid" | "charged";
            /** Like Count */
            like_count: number;
            /** Liked By Me */
            liked_by_me: boolean;
            /** Note */
            note: string;
            payee: components["schemas"]["PartyView"];
            payer: components["schemas"]["PartyView"];
            /**
             * Visibility
             * @enum {string}
             */
            visibility: "private" | "friends" | "public";
        };
        /**
         * FeedPage
         * @description A page of the feed, newest first. With a cursor there may be more, however short it is.
         */
        FeedPage: {
            /** Items */
            items: components["schemas"]["FeedItem"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * Friend
         * @description Somebody, and what they are to the caller.
         */
        Friend: {
            /** Asked By Me */
            asked_by_me: boolean;
            /**
             * Since
             * Format: date-time
             */
            since: string;
            /**
             * State
             * @enum {string}
             */
            state: "PENDING" | "ACCEPTED" | "BLOCKED" | "MUTED";
            user: components["schemas"]["FriendCard"];
        };
        /**
         * FriendCard
         * @description Who it is, in a list of friends.
         */
        FriendCard: {
            /**
             * Avatar Seed
             * @description draws the same picture everywhere
             */
            avatar_seed: string;
            /** Display Name */
            display_name: string;
            /** Handle */
            handle: string;
            /** Id */
            id: string;
            /** Is Friend */
            is_friend: boolean;
            /**
             * Member Since
             * Format: date
             */
            member_since: string;
            /**
             * Mutual Friends
             * @description friends of both
             */
            mutual_friends: number;
        };
        /**
         * Friends
         * @description A page of people.
         */
        Friends: {
            /** Items */
            items: components["schemas"]["Friend"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * FundingSource
         * @description A bank or card as its owner sees it.
         *
         *     `needs`: what would make it usable: `repair` (sign in at the bank again), `amounts` (enter the
         *     two that were sent), `code` (of the small deposit, on the bank's page), `wait`, `review`.
         */
        FundingSource: {
            /** Account Type */
            account_type: ("checking" | "savings") | null;
            /** Bank Name */
            bank_name: string;
            /** Can Deposit */
            can_deposit: boolean;
            /** Can Withdraw */
            can_withdraw: boolean;
            /** Exp Month */
            exp_month: number | null;
            /** Exp Year */
            exp_year: number | null;
            /** Id */
            id: string;
            /** Instant */
            instant: boolean;
            /** Is Default */
            is_default: boolean;
            /**
             * Kind
             * @enum {string}
             */
            kind: "bank" | "debit_card" | "credit_card";
            /** Label */
            label: string;
            /** Last4 */
            last4: string;
            /** Needs */
            needs: ("repair" | "amounts" | "code" | "wait" | "review") | null;
            /**
             * State
             * @enum {string}
             */
            state: "LINKED" | "VERIFYING" | "PENDING_SETUP" | "VERIFIED" | "NEEDS_REPAIR" | "EXPIRED" | "FAILED" | "DISABLED" | "REMOVED";
            /** Tries Left */
            tries_left: number | null;
            /** Verified */
            verified: boolean;
        };
        /**
         * FundingSources
         * @description A person's banks and cards: few enough for one page.
         */
        FundingSources: {
            /** Items */
            items: components["schemas"]["FundingSource"][];
            /** Next Cursor */
            next_cursor?: null;
        };
        /**
         * FundingView
         * @description One line of where the money came from. Minor units.
         */
        FundingView: {
            /** Amount */
            amount: number;
            /** Fee */
            fee: number;
            /**
             * Kind
             * @enum {string}
             */
            kind: "balance" | "bank" | "card";
            /**
             * Label
             * @default Quid balance
             */
            label?: string;
            /** Source Id */
            source_id?: string | null;
        };
        /**
         * HiddenView
         * @description How many past payments fewer people see now.
         */
        HiddenView: {
            /** Hidden */
            hidden: number;
        };
        /**
         * Hold
         * @description A hold on the account, in full. `is_own`: the person's own lock, or that of a recovery.
         */
        Hold: {
            /**
             * Case Number
             * @description to be named to support, as in 7K2M-Q4XV
             */
            case_number: string;
            /** Id */
            id: string;
            /** Is Own */
            is_own: boolean;
            /**
             * Lifts At
             * @description when it ends by itself; null: it does not
             */
            lifts_at: string | null;
            /**
             * Reason Class
             * @enum {string}
             */
            reason_class: "security" | "owed" | "legal" | "requested";
            /**
             * Review On
             * @description when somebody looks again; null of an own lock
             */
            review_on: string | null;
            /**
             * Scope
             * @enum {string}
             */
            scope: "send" | "withdraw" | "all";
            /**
             * Since
             * Format: date-time
             */
            since: string;
            /** Text */
            text: string;
        };
        /**
         * Holds
         * @description What the caller may not do for now, the oldest first; none: all works.
         */
        Holds: {
            /** Items */
            items: components["schemas"]["Hold"][];
        };
        /**
         * HoldView
         * @description Money on hold: why, how much in minor units, and the `pay_` id it is for.
         */
        HoldView: {
            /** Amount */
            amount: number;
            /**
             * Reason
             * @enum {string}
             */
            reason: "challenge" | "review" | "payment";
            /** Ref */
            ref: string;
        };
        /**
         * Inbox
         * @description A page of what the caller was told; `unread_count` is of the whole inbox.
         */
        Inbox: {
            /** Items */
            items: components["schemas"]["NoticeView"][];
            /** Next Cursor */
            next_cursor: string | null;
            /** Unread Count */
            unread_count: number;
        };
        /**
         * KeyKind
         * @description A kind of key that is taken: a COSE algorithm.
         */
        KeyKind: {
            /** Alg */
            alg: number;
            /**
             * Type
             * @constant
             */
            type: "public-key";
        };
        /**
         * KeyNamed
         * @description A key, and how a browser reaches the device that keeps it.
         */
        KeyNamed: {
            /** Id */
            id: string;
            /** Transports */
            transports?: ("ble" | "cable" | "hybrid" | "internal" | "nfc" | "smart-card" | "usb")[];
            /**
             * Type
             * @constant
             */
            type: "public-key";
        };
        /**
         * Kind
         * @description What a notice is about; the words for each stand in `rules.texts`.
         * @enum {string}
         */
        Kind: "payment_received" | "payment_sent" | "payment_reversed" | "payment_held" | "payment_released" | "request_received" | "request_reminded" | "request_expiring" | "request_paid" | "request_declined" | "request_cancelled" | "request_expired" | "friend_asked" | "friend_accepted" | "liked" | "commented" | "deposit_settled" | "deposit_failed" | "deposit_returned" | "withdrawal_done" | "withdrawal_failed" | "owed" | "dispute_opened" | "dispute_needs_you" | "dispute_decided" | "security" | "frozen" | "unfrozen" | "source_needs_repair" | "tier_changed";
        /**
         * LeftView
         * @description What I then have, and what of it can leave at once. Minor units.
         */
        LeftView: {
            /** Available */
            available: number;
            /** Currency */
            currency: string;
            /** Owed */
            owed: number;
            /** Withdrawable */
            withdrawable: number;
        };
        /**
         * LikesView
         * @description Who likes it: how many, and whether the viewer does.
         */
        LikesView: {
            /** Like Count */
            like_count: number;
            /** Liked By Me */
            liked_by_me: boolean;
        };
        /**
         * LimitsAnswer
         * @description What the caller may send, and has sent; what may come from banks and go to them.
         *
         *     Amounts in minor units of `currency`.
         */
        LimitsAnswer: {
            /** @description null: no banks in this currency */
            bank: components["schemas"]["BankAnswer"] | null;
            /** Currency */
            currency: string;
            day: components["schemas"]["WindowAnswer"];
            next_tier: components["schemas"]["NextTier"] | null;
            /** Per Payment */
            per_payment: number;
            /** Tier */
            tier: number;
            week: components["schemas"]["WindowAnswer"];
        };
        /**
         * LimitView
         * @description A limit and what counts towards it, in minor units; `resets_at`: the oldest part ends.
         */
        LimitView: {
            /** Left */
            left: number;
            /** Limit */
            limit: number;
            /** Resets At */
            resets_at: string | null;
            /** Used */
            used: number;
        };
        /**
         * LinkBody
         * @description Open the provider's page: for a new bank, or for one that needs repair or a code.
         */
        LinkBody: {
            /** Funding Source Id */
            funding_source_id?: string | null;
            /**
             * Purpose
             * @default new
             * @enum {string}
             */
            purpose?: "new" | "repair";
            /**
             * Return Path
             * @description where the browser comes back to: a path of this site
             * @default /
             * @example /wallet
             */
            return_path?: string;
        };
        /**
         * LinkedSource
         * @description What was linked; `also`: further accounts that were chosen on the same page.
         */
        LinkedSource: {
            /** Account Type */
            account_type: ("checking" | "savings") | null;
            /** Also */
            also: components["schemas"]["FundingSource"][];
            /** Bank Name */
            bank_name: string;
            /** Can Deposit */
            can_deposit: boolean;
            /** Can Withdraw */
            can_withdraw: boolean;
            /** Exp Month */
            exp_month: number | null;
            /** Exp Year */
            exp_year: number | null;
            /** Id */
            id: string;
            /** Instant */
            instant: boolean;
            /** Is Default */
            is_default: boolean;
            /**
             * Kind
             * @enum {string}
             */
            kind: "bank" | "debit_card" | "credit_card";
            /** Label */
            label: string;
            /** Last4 */
            last4: string;
            /** Needs */
            needs: ("repair" | "amounts" | "code" | "wait" | "review") | null;
            /**
             * State
             * @enum {string}
             */
            state: "LINKED" | "VERIFYING" | "PENDING_SETUP" | "VERIFIED" | "NEEDS_REPAIR" | "EXPIRED" | "FAILED" | "DISABLED" | "REMOVED";
            /** Tries Left */
            tries_left: number | null;
            /** Verified */
            verified: boolean;
        };
        /**
         * LinkPage
         * @description A page of the provider to send the person to.
         */
        LinkPage: {
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Link Session Id */
            link_session_id: string;
            /** Url */
            url: string;
        };
        /**
         * MadeBody
         * @description The key that the browser has made; without a name it is called after the device.
         */
        MadeBody: {
            /** Challenge Id */
            challenge_id: string;
            credential: components["schemas"]["MadeCredential"];
            /**
             * Name
             * @description 1 to 60, NFC
             * @default
             */
            name?: string;
        };
        /**
         * MadeCredential
         * @description RegistrationResponseJSON.
         */
        MadeCredential: {
            /** Id */
            id: string;
            /** Rawid */
            rawId: string;
            response: components["schemas"]["MadeResponse"];
            /**
             * Type
             * @constant
             */
            type: "public-key";
        };
        /**
         * MadeResponse
         * @description What a device says of the key it has made. Whatever else a browser adds is left out.
         */
        MadeResponse: {
            /**
             * Attestationobject
             * @description base64url
             */
            attestationObject: string;
            /**
             * Clientdatajson
             * @description base64url
             */
            clientDataJSON: string;
            /**
             * Transports
             * @default []
             */
            transports?: string[];
        };
        /**
         * MakeOptions
         * @description PublicKeyCredentialCreationOptionsJSON: make a key, unless you keep one of these.
         *
         *     Units: `timeout` in ms.
         */
        MakeOptions: {
            /**
             * Attestation
             * @constant
             */
            attestation: "none";
            authenticatorSelection: components["schemas"]["Selection"];
            /** Challenge */
            challenge: string;
            /** Excludecredentials */
            excludeCredentials: components["schemas"]["KeyNamed"][];
            /** Pubkeycredparams */
            pubKeyCredParams: components["schemas"]["KeyKind"][];
            rp: components["schemas"]["SiteNamed"];
            /** Timeout */
            timeout: number;
            user: components["schemas"]["UserNamed"];
        };
        /**
         * Marked
         * @description What is unread now. `ids`: what was marked, the newest 200, to be able to take it back.
         */
        Marked: {
            /** Ids */
            ids: string[];
            /** Unread Count */
            unread_count: number;
        };
        /**
         * Me
         * @description The caller's own view: no hash, no secret, no balance.
         */
        Me: {
            /**
             * Avatar Seed
             * @description draws the same picture everywhere
             */
            avatar_seed: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Default Visibility
             * @enum {string}
             */
            default_visibility: "private" | "friends" | "public";
            /** Display Name */
            display_name: string;
            /** Email */
            email: string;
            /** Handle */
            handle: string;
            /** Has Passkey */
            has_passkey: boolean;
            /**
             * Has Totp
             * @description an authenticator app is on
             */
            has_totp: boolean;
            /** Id */
            id: string;
            /** Locale */
            locale: string;
            /** On Hold */
            on_hold: components["schemas"]["OnHold"][];
            /** Phone */
            phone: string | null;
            /** Show Amount */
            show_amount: boolean;
            /** Tier */
            tier: number;
            /** Timezone */
            timezone: string;
        };
        /**
         * MessageView
         * @description What was said, and by whom: `user` is the person, `team` is us.
         */
        MessageView: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * By
             * @enum {string}
             */
            by: "user" | "team";
            /** Text */
            text: string;
        };
        /**
         * MethodView
         * @description A way to prove who one is; one younger than 24 h clears no payment.
         */
        MethodView: {
            /**
             * Enrolled At
             * Format: date-time
             */
            enrolled_at: string;
            /**
             * Name
             * @enum {string}
             */
            name: "passkey" | "totp" | "recovery_code" | "email_code";
        };
        /**
         * MoveBody
         * @description Put money in from a bank. `amount` in cents.
         */
        MoveBody: {
            /**
             * Amount
             * @example 10000
             */
            amount: number;
            /** Funding Source Id */
            funding_source_id: string;
        };
        /**
         * MoveQuoteView
         * @description What it would cost and when it would be there. Minor units. Nothing is moved or promised.
         *
         *     `not_before`: of a withdrawal of money that may still come back: when it would be sent.
         */
        MoveQuoteView: {
            /** Amount */
            amount: number;
            /** Currency */
            currency: string;
            /**
             * Expected On
             * Format: date
             */
            expected_on: string;
            /** Fee */
            fee: number;
            /** Net */
            net: number;
            /** Network */
            network: string;
            /** Not Before */
            not_before: string | null;
            /** Withdrawable */
            withdrawable: number;
        };
        /**
         * MoveView
         * @description A deposit or withdrawal. Minor units; `fee` is taken out of a withdrawal's amount.
         *
         *     `expected_on`: the day on which it settles or arrives. `action_url`: a page to open first.
         *     `may_cancel`: whether it can still be taken back.
         */
        MoveView: {
            /** Action Url */
            action_url: string | null;
            /** Amount */
            amount: number;
            /**
             * Changed At
             * Format: date-time
             */
            changed_at: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Currency */
            currency: string;
            /** Expected On */
            expected_on: string | null;
            /** Failure Code */
            failure_code: string | null;
            /** Fee */
            fee: number;
            /** Funding Source Id */
            funding_source_id: string;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "deposit" | "withdrawal";
            /** May Cancel */
            may_cancel: boolean;
            /** Net */
            net: number;
            /** Network */
            network: string;
            /** Not Before */
            not_before: string | null;
            /** State */
            state: string;
            /** Timeline */
            timeline: components["schemas"]["StepView"][];
            /**
             * Type
             * @enum {string}
             */
            type: "standard" | "instant";
        };
        /**
         * MyBalanceView
         * @description What I have, and what each part on hold is for.
         */
        MyBalanceView: {
            /** Available */
            available: number;
            /** Currency */
            currency: string;
            /** Holds */
            holds: components["schemas"]["HoldView"][];
            /** On Hold */
            on_hold: number;
            /** Owed */
            owed: number;
            /** Pending */
            pending: number;
            restriction?: components["schemas"]["OwedView"] | null;
            /** Version */
            version: number;
            /** Withdrawable */
            withdrawable: number;
        };
        /**
         * NextTier
         * @description What the next tier may send. Amounts in minor units.
         */
        NextTier: {
            /** Day */
            day: number;
            /** Per Payment */
            per_payment: number;
            /** Tier */
            tier: number;
            /** Week */
            week: number;
        };
        /**
         * NoticeView
         * @description A line of the inbox. Amounts in minor units, of one's own payments and requests alone.
         *
         *     `count`: so many likes or comments of this hour are one line; `actor` is the latest of them.
         *     Who stands behind a block is not counted; money that came from there came from nobody.
         *     One of the ids says what it is about. `detail` says more by kind: of payment_held what it waits
         *     for, of payment_sent what ended its waiting, of payment_released how it ended, of
         *     payment_reversed which way the money went, of dispute_decided how, of security what happened,
         *     of frozen and unfrozen what was stopped, of tier_changed the tier; null for all others.
         */
        NoticeView: {
            actor: components["schemas"]["ActorView"] | null;
            /** Amount */
            amount: number | null;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Comment Id */
            comment_id: string | null;
            /** Count */
            count: number;
            /** Currency */
            currency: string | null;
            /** Deposit Id */
            deposit_id: string | null;
            /** Detail */
            detail: ("proof" | "review") | ("proof" | "review" | "funding") | ("rejected" | "declined" | "failed" | "expired") | ("to_you" | "from_you") | ("won" | "lost") | ("new_device" | "sign_in_failed" | "password_changed" | "email_changed" | "totp_on" | "totp_off" | "recovery_codes_made" | "recovery_code_used" | "session_revoked" | "locked" | "recovered" | "source_linked" | "source_removed" | "first_withdrawal" | "device_added" | "passkey_on" | "passkey_off" | "passkey_suspect") | ("send" | "withdraw" | "all") | ("0" | "1" | "2") | null;
            /** Dispute Id */
            dispute_id: string | null;
            /** Id */
            id: string;
            /** Is Read */
            is_read: boolean;
            kind: components["schemas"]["Kind"];
            /** Payment Id */
            payment_id: string | null;
            /** Request Id */
            request_id: string | null;
            /** Source Id */
            source_id: string | null;
            /**
             * Tab
             * @enum {string}
             */
            tab: "payments" | "social" | "security";
            /** Withdrawal Id */
            withdrawal_id: string | null;
        };
        /**
         * OnHold
         * @description What a person may not do for now, and when somebody looks again.
         */
        OnHold: {
            /**
             * Reason Class
             * @enum {string}
             */
            reason_class: "security" | "owed" | "legal" | "requested";
            /**
             * Review On
             * Format: date
             */
            review_on: string;
            /**
             * Scope
             * @enum {string}
             */
            scope: "send" | "withdraw" | "all";
            /** Text */
            text: string;
        };
        /**
         * OwedView
         * @description Why nothing can be sent: what is owed, after a bank or card took money back. Minor units.
         */
        OwedView: {
            /** Amount */
            amount: number;
            /**
             * Code
             * @constant
             */
            code: "ACCOUNT_FROZEN";
            /**
             * Reason
             * @constant
             */
            reason: "owed";
        };
        /**
         * PaidView
         * @description What paying answers: the payment and the balance as of any payment, and the request.
         */
        PaidView: {
            balance: components["schemas"]["BalanceView"];
            payment: components["schemas"]["PaymentView"];
            request: components["schemas"]["RequestView"];
        };
        /**
         * PartyView
         * @description A person of a payment: `usr_` id, handle, name, picture.
         */
        PartyView: {
            /** Avatar Seed */
            avatar_seed: string;
            /** Display Name */
            display_name: string;
            /** Handle */
            handle: string;
            /** Id */
            id: string;
        };
        /**
         * PasskeyAsk
         * @description What to ask the browser's passkey, which proves the challenge: good once, for 5 minutes.
         */
        PasskeyAsk: {
            /** Challenge Id */
            challenge_id: string;
            options: components["schemas"]["SignOptions"];
        };
        /**
         * PasskeyList
         * @description All of a person, oldest first.
         */
        PasskeyList: {
            /** Items */
            items: components["schemas"]["PasskeyView"][];
        };
        /**
         * PasskeyMade
         * @description The new passkey. `recovery_codes`: ten, shown this once, with the first second factor.
         */
        PasskeyMade: {
            passkey: components["schemas"]["PasskeyView"];
            /** Recovery Codes */
            recovery_codes: string[] | null;
        };
        /**
         * PasskeyNameBody
         * @description What to call it.
         */
        PasskeyNameBody: {
            /**
             * Name
             * @description 1 to 60, NFC
             */
            name: string;
        };
        /**
         * PasskeyToMake
         * @description What to ask the browser to make, for 5 minutes; the answer names the same challenge.
         */
        PasskeyToMake: {
            /** Challenge Id */
            challenge_id: string;
            options: components["schemas"]["MakeOptions"];
        };
        /**
         * PasskeyToSign
         * @description What to ask the browser's passkey, for 5 minutes; the answer names the same challenge.
         */
        PasskeyToSign: {
            /** Challenge Id */
            challenge_id: string;
            options: components["schemas"]["SignOptions"];
        };
        /**
         * PasskeyView
         * @description A passkey. `transports`: how a browser reaches the device, as `internal` or `usb`.
         */
        PasskeyView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
            /** Transports */
            transports: string[];
        };
        /**
         * PasswordBody
         * @description A new password.
         */
        PasswordBody: {
            /** Password */
            password: string;
        };
        /**
         * PastRequest
         * @description How many may see my past payments at most.
         */
        PastRequest: {
            /**
             * Visibility
             * @enum {string}
             */
            visibility: "private" | "friends" | "public";
        };
        /**
         * PayBody
         * @description How to pay a request: from where, and who may see it. All else the request says.
         */
        PayBody: {
            /** Funding Source Id */
            funding_source_id?: string | null;
            /** Quote Token */
            quote_token?: string | null;
            /** Show Amount */
            show_amount?: boolean | null;
            /** Visibility */
            visibility?: ("private" | "friends" | "public") | null;
        };
        /**
         * PaymentRequest
         * @description Pay someone. Amount in minor units: 1368 is $13.68.
         */
        PaymentRequest: {
            /**
             * Amount
             * @example 1368
             */
            amount: number;
            /**
             * Currency
             * @constant
             */
            currency: "USD";
            /**
             * Funding Source Id
             * @default null
             */
            funding_source_id?: string | null;
            /**
             * Idempotency Key
             * @default null
             */
            idempotency_key?: string | null;
            /**
             * Note
             * @default
             * @example pizza
             */
            note?: string;
            /**
             * Payee Id
             * @example usr_064ts9kc5cqxk5yqg0b5t1v2mm
             */
            payee_id: string;
            /**
             * Quote Token
             * @default null
             */
            quote_token?: string | null;
            /**
             * Show Amount
             * @default null
             */
            show_amount?: boolean | null;
            /**
             * Visibility
             * @default null
             */
            visibility?: ("private" | "friends" | "public") | null;
        };
        /**
         * PaymentsPage
         * @description A page of payments, newest first.
         */
        PaymentsPage: {
            /** Items */
            items: components["schemas"]["PaymentView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * PaymentView
         * @description A payment as one of its two parties sees it. Amounts in minor units of `currency`.
         *
         *     `fee`, `total`, `funding`, `lands_on`, `challenge`, `review` and `failure` are the payer's
         *     business: null and empty for the payee. `lands_on`: when the payee has it, of one that a bank
         *     pays. `charged`: it answers the request `request_id` of its payee. `visibility`, `show_amount`:
         *     what holds, by the wishes of both; `my_…`: the viewer's own.
         */
        PaymentView: {
            /** Amount */
            amount: number;
            can: components["schemas"]["CanView"];
            challenge: components["schemas"]["ChallengeView"] | null;
            /** Completed At */
            completed_at: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Currency */
            currency: string;
            failure: components["schemas"]["FailureView"] | null;
            /** Fee */
            fee: number | null;
            /** Funding */
            funding: components["schemas"]["FundingView"][];
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "paid" | "charged";
            /** Lands On */
            lands_on: string | null;
            /** My Show Amount */
            my_show_amount: boolean;
            /**
             * My Visibility
             * @enum {string}
             */
            my_visibility: "private" | "friends" | "public";
            /** Note */
            note: string;
            payee: components["schemas"]["PartyView"];
            payer: components["schemas"]["PartyView"];
            /** Request Id */
            request_id: string | null;
            /** Reversals */
            reversals: components["schemas"]["ReversalView"][];
            /** Reversed Amount */
            reversed_amount: number;
            review: components["schemas"]["ReviewView"] | null;
            /** Show Amount */
            show_amount: boolean;
            /** State */
            state: string;
            /** State History */
            state_history: components["schemas"]["StateView"][];
            /** Total */
            total: number | null;
            /**
             * Visibility
             * @enum {string}
             */
            visibility: "private" | "friends" | "public";
        };
        /**
         * PersonaBody
         * @description Whom to be.
         */
        PersonaBody: {
            /** Handle */
            handle: string;
            /**
             * Remember
             * @default false
             */
            remember?: boolean;
        };
        /**
         * Personas
         * @description Whom one can be.
         */
        Personas: {
            /** Items */
            items: components["schemas"]["PersonaView"][];
        };
        /**
         * PersonaView
         * @description Somebody of the demo. `line`: what one sees as them.
         */
        PersonaView: {
            /**
             * Avatar Seed
             * @description draws the same picture everywhere
             */
            avatar_seed: string;
            /** Display Name */
            display_name: string;
            /** Handle */
            handle: string;
            /** Line */
            line: string;
        };
        /**
         * Preference
         * @description One cell as its person sees it; a locked one cannot be changed.
         */
        Preference: {
            /** Is Locked */
            is_locked: boolean;
            /** Is On */
            is_on: boolean;
            topic: components["schemas"]["Topic"];
            /**
             * Way
             * @enum {string}
             */
            way: "inbox" | "push" | "email";
        };
        /**
         * Preferences
         * @description All that may reach the caller, by topic and way; what is locked cannot be changed.
         */
        Preferences: {
            /** Items */
            items: components["schemas"]["Preference"][];
        };
        /**
         * PreferencesBody
         * @description What to change; what is left out stays.
         */
        PreferencesBody: {
            /** Items */
            items: components["schemas"]["ChosenBody"][];
        };
        /**
         * Privacy
         * @description What others may see of a person and ask of them.
         */
        Privacy: {
            /**
             * Default Visibility
             * @enum {string}
             */
            default_visibility: "private" | "friends" | "public";
            /** Findable By Email */
            findable_by_email: boolean;
            /** Findable By Phone */
            findable_by_phone: boolean;
            /**
             * Friend List
             * @enum {string}
             */
            friend_list: "me" | "friends" | "public";
            /** Reminders */
            reminders: boolean;
            /** Show Amount */
            show_amount: boolean;
            /**
             * Who May Request
             * @enum {string}
             */
            who_may_request: "anyone" | "known" | "friends" | "nobody";
        };
        /**
         * PrivacyBody
         * @description What to change; what is left out stays.
         */
        PrivacyBody: {
            /** Default Visibility */
            default_visibility?: ("private" | "friends" | "public") | null;
            /** Findable By Email */
            findable_by_email?: boolean | null;
            /** Findable By Phone */
            findable_by_phone?: boolean | null;
            /** Friend List */
            friend_list?: ("me" | "friends" | "public") | null;
            /** Reminders */
            reminders?: boolean | null;
            /** Show Amount */
            show_amount?: boolean | null;
            /** Who May Request */
            who_may_request?: ("anyone" | "known" | "friends" | "nobody") | null;
        };
        /**
         * Problem
         * @description RFC 9457. `retryable`: the same request, with the same key, may succeed later.
         */
        Problem: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /**
             * Errors
             * @default null
             */
            errors?: {
                [key: string]: string;
            }[] | null;
            /**
             * Field
             * @default null
             */
            field?: string | null;
            /**
             * Money Moved
             * @enum {string}
             */
            money_moved: "no" | "yes" | "unknown";
            /**
             * Reason
             * @default null
             */
            reason?: string | null;
            /** Request Id */
            request_id: string;
            /**
             * Retry After
             * @default null
             */
            retry_after?: number | null;
            /** Retryable */
            retryable: boolean;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
        };
        /**
         * Profile
         * @description Somebody, what they are to me, and the latest of their payments that I may see, newest
         *     first.
         */
        Profile: {
            /**
             * Avatar Seed
             * @description draws the same picture everywhere
             */
            avatar_seed: string;
            /** Display Name */
            display_name: string;
            /**
             * Friendship
             * @enum {string}
             */
            friendship: "none" | "asked_by_me" | "asks_me" | "friends";
            /** Handle */
            handle: string;
            /** Id */
            id: string;
            /** Is Friend */
            is_friend: boolean;
            /** Is Muted */
            is_muted: boolean;
            /** Items */
            items: components["schemas"]["FeedItem"][];
            /**
             * Member Since
             * Format: date
             */
            member_since: string;
            /**
             * Mutual Friends
             * @description friends of both
             */
            mutual_friends: number;
            /**
             * Times Paid
             * @description how often I have paid them
             */
            times_paid: number;
        };
        /**
         * ProfileBody
         * @description What to change; what is left out stays. E-mail and phone have acts of their own.
         */
        ProfileBody: {
            /** Display Name */
            display_name?: string | null;
            /** Handle */
            handle?: string | null;
            /** Locale */
            locale?: string | null;
            /** Timezone */
            timezone?: string | null;
        };
        /**
         * PublicCard
         * @description What anybody may know of a person whose handle they have.
         */
        PublicCard: {
            /**
             * Avatar Seed
             * @description draws the same picture everywhere
             */
            avatar_seed: string;
            /** Display Name */
            display_name: string;
            /** Handle */
            handle: string;
        };
        /**
         * PushKey
         * @description The applicationServerKey with which a page subscribes.
         */
        PushKey: {
            /** Key */
            key: string;
        };
        /**
         * QuoteLimits
         * @description What may still be sent, in minor units.
         */
        QuoteLimits: {
            day: components["schemas"]["LimitView"];
            /** Per Payment */
            per_payment: number;
            week: components["schemas"]["LimitView"];
        };
        /**
         * QuoteLine
         * @description One line of where the money would come from. Minor units.
         */
        QuoteLine: {
            /** Amount */
            amount: number;
            /** Fee */
            fee: number;
            /**
             * Kind
             * @enum {string}
             */
            kind: "balance" | "bank" | "card";
            /** Label */
            label: string;
            /** Source Id */
            source_id: string | null;
        };
        /**
         * QuoteRequest
         * @description Ask what a payment would cost. Amount in minor units.
         */
        QuoteRequest: {
            /**
             * Amount
             * @example 1368
             */
            amount: number;
            /**
             * Currency
             * @constant
             */
            currency: "USD";
            /** Funding Source Id */
            funding_source_id?: string | null;
            /**
             * Note
             * @default
             */
            note?: string;
            /** Payee Id */
            payee_id: string;
            /** Visibility */
            visibility?: ("private" | "friends" | "public") | null;
        };
        /**
         * QuoteView
         * @description What a payment would cost. It holds nothing; `quote_token` binds us to it until `expires_at`.
         *
         *     `lands`: when the payee has it; what a bank pays `later`, on the day `lands_on`; a payment that
         *     our rules hold back waits for the payer's proof or for a review. `SIMILAR_RECENT`: the same
         *     amount went to this person within 10 minutes. `NEW_PAYEE`: none ever.
         */
        QuoteView: {
            /**
             * Audience
             * @enum {string}
             */
            audience: "private" | "friends" | "public";
            /** Currency */
            currency: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Fee */
            fee: number;
            /**
             * Lands
             * @enum {string}
             */
            lands: "now" | "later" | "after_proof" | "after_review";
            /** Lands On */
            lands_on: string | null;
            limits: components["schemas"]["QuoteLimits"];
            /** Lines */
            lines: components["schemas"]["QuoteLine"][];
            /** Quote Token */
            quote_token: string;
            /** Total */
            total: number;
            /** Warnings */
            warnings: ("SIMILAR_RECENT" | "NEW_PAYEE")[];
        };
        /**
         * ReadBody
         * @description Mark these, or all that had come by an instant; only these can be made unread again.
         */
        ReadBody: {
            /**
             * Before
             * Format: date-time
             * @example 2026-03-02T12:00:00.000000Z
             */
            before?: string | null;
            /**
             * Ids
             * @description `ntf_` ids of the caller's own
             */
            ids?: string[] | null;
            /**
             * Is Read
             * @default true
             */
            is_read?: boolean;
        };
        /**
         * ReceiptLine
         * @description A transfer of the payment in the ledger: line `row` of `rows` in a block of a lane's chain.
         *
         *     Units: minor units of `currency`. `block_hash` covers the rows of the block and the one before.
         */
        ReceiptLine: {
            /** Amount */
            amount: number;
            /** Block */
            block: number;
            /** Block Hash */
            block_hash: string;
            /** Currency */
            currency: string;
            /** Kind */
            kind: string;
            /** Lane */
            lane: number;
            /**
             * Recorded At
             * Format: date-time
             */
            recorded_at: string;
            /** Row */
            row: number;
            /** Rows */
            rows: number;
            /** Transfer Id */
            transfer_id: string;
        };
        /**
         * ReceiptView
         * @description A payment as one of its parties sees it, with its lines in the ledger and how to verify.
         */
        ReceiptView: {
            /** Explain */
            explain: string;
            /** Lines */
            lines: components["schemas"]["ReceiptLine"][];
            payment: components["schemas"]["PaymentView"];
            /** Text */
            text: string;
            /** Verify */
            verify: string;
        };
        /**
         * RecoverBody
         * @description A new beginning: the code of `auth/start`, a new password, a second factor if one is on.
         */
        RecoverBody: {
            /** Challenge Id */
            challenge_id: string;
            /**
             * Code
             * @description six digits
             */
            code: string;
            /** Method */
            method?: ("passkey" | "totp" | "recovery_code") | null;
            /** Password */
            password: string;
            /** Proof */
            proof?: string | null;
        };
        /**
         * RecoveryCodes
         * @description Ten codes, shown this once; each opens once.
         */
        RecoveryCodes: {
            /** Recovery Codes */
            recovery_codes: string[];
        };
        /**
         * RefreshBody
         * @description A refresh token; each works once.
         */
        RefreshBody: {
            /** Refresh Token */
            refresh_token: string;
        };
        /**
         * ReportBody
         * @description What went wrong with a payment of mine.
         */
        ReportBody: {
            /**
             * Claim
             * @enum {string}
             */
            claim: "unauthorized" | "scam" | "wrong_person" | "wrong_amount" | "duplicate" | "not_as_agreed" | "other";
            /**
             * Payment Id
             * @example pay_064ts9kc5cqxk5yqg0b5t1v2mm
             */
            payment_id: string;
            /**
             * Text
             * @description plain text, in lines
             */
            text: string;
        };
        /**
         * RequestCanView
         * @description What the viewer may do with it now; `remind` becomes true at `remind_from`.
         */
        RequestCanView: {
            /** Cancel */
            cancel: boolean;
            /** Decline */
            decline: boolean;
            /** Pay */
            pay: boolean;
            /** Remind */
            remind: boolean;
        };
        /**
         * RequestPersonView
         * @description A person of a request: `usr_` id, handle, name, picture, the day they joined.
         */
        RequestPersonView: {
            /** Avatar Seed */
            avatar_seed: string;
            /** Display Name */
            display_name: string;
            /** Handle */
            handle: string;
            /** Id */
            id: string;
            /** Member Since */
            member_since: string | null;
        };
        /**
         * RequestsPage
         * @description A page of requests, the latest first.
         *
         *     `to_pay_count`: how many the viewer may pay now, whatever the page shows.
         */
        RequestsPage: {
            /** Items */
            items: components["schemas"]["RequestView"][];
            /** Next Cursor */
            next_cursor: string | null;
            /** To Pay Count */
            to_pay_count: number;
        };
        /**
         * RequestView
         * @description A request as one of its two people sees it. Amounts in minor units of `currency`.
         *
         *     `is_known`: they were friends, or the requestee had paid the requester, when it was made;
         *     the web keeps the others under "People you don't know". `is_being_paid`: a payment is at it,
         *     and nobody can do anything until that has ended. `payment_ids`: what paid it; to the requestee
         *     also what is at it. `remind_from`: null where no reminder is left.
         */
        RequestView: {
            /** Amount */
            amount: number;
            /** Amount Paid */
            amount_paid: number;
            can: components["schemas"]["RequestCanView"];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Currency */
            currency: string;
            /** Ended At */
            ended_at: string | null;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Id */
            id: string;
            /** Is Being Paid */
            is_being_paid: boolean;
            /** Is Known */
            is_known: boolean;
            /** Note */
            note: string;
            /** Payment Ids */
            payment_ids: string[];
            /** Remind From */
            remind_from: string | null;
            /** Reminders Left */
            reminders_left: number;
            requestee: components["schemas"]["RequestPersonView"];
            requester: components["schemas"]["RequestPersonView"];
            /** State */
            state: string;
        };
        /**
         * ReversalView
         * @description A part of a payment that was taken back: the `trf_` id of the entry, minor units.
         */
        ReversalView: {
            /** Amount */
            amount: number;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Id */
            id: string;
            /**
             * Reason
             * @enum {string}
             */
            reason: "mistake" | "fraud" | "dispute";
        };
        /**
         * ReviewView
         * @description An operator looks at it: expected by `review_by`, given back by itself at `expires_at`.
         */
        ReviewView: {
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Reason */
            reason: string;
            /**
             * Review By
             * Format: date-time
             */
            review_by: string;
        };
        /**
         * SecurityEvents
         * @description A page of what happened, latest first.
         */
        SecurityEvents: {
            /** Items */
            items: components["schemas"]["SecurityEventView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * SecurityEventView
         * @description Something that happened to the safety of the account.
         */
        SecurityEventView: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Device */
            device: string;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "new_device" | "sign_in_failed" | "password_changed" | "email_changed" | "totp_on" | "totp_off" | "recovery_codes_made" | "recovery_code_used" | "session_revoked" | "locked" | "recovered" | "source_linked" | "source_removed" | "first_withdrawal" | "device_added" | "passkey_on" | "passkey_off" | "passkey_suspect";
            /** Place */
            place: string;
            /** Session Id */
            session_id: string | null;
        };
        /**
         * Selection
         * @description What the device must be able to do: find the key by itself, and look who is there.
         */
        Selection: {
            /** Requireresidentkey */
            requireResidentKey: boolean;
            /**
             * Residentkey
             * @constant
             */
            residentKey: "required";
            /**
             * Userverification
             * @constant
             */
            userVerification: "required";
        };
        /**
         * SentView
         * @description The answer to a payment that went through.
         */
        SentView: {
            balance: components["schemas"]["BalanceView"];
            payment: components["schemas"]["PaymentView"];
        };
        /**
         * Sessions
         * @description All sessions that stand, the latest used first.
         */
        Sessions: {
            /** Items */
            items: components["schemas"]["SessionView"][];
        };
        /**
         * SessionView
         * @description A session that stands. `place`: the network address of its sign-in.
         */
        SessionView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Current */
            current: boolean;
            /** Device */
            device: string;
            /**
             * Ends At
             * Format: date-time
             * @description when it ends however used
             */
            ends_at: string;
            /** Id */
            id: string;
            /**
             * Idle Until
             * Format: date-time
             * @description when it ends unless used; any request is use
             */
            idle_until: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "cookie" | "api";
            /**
             * Last Seen At
             * Format: date-time
             */
            last_seen_at: string;
            /** Place */
            place: string;
        };
        /**
         * SignedBody
         * @description What the browser's passkey has signed.
         */
        SignedBody: {
            /** Challenge Id */
            challenge_id: string;
            credential: components["schemas"]["SignedCredential"];
            /**
             * Remember
             * @description 30 days, without an idle limit
             * @default false
             */
            remember?: boolean;
        };
        /**
         * SignedCredential
         * @description AuthenticationResponseJSON.
         */
        SignedCredential: {
            /** Id */
            id: string;
            /** Rawid */
            rawId: string;
            response: components["schemas"]["SignedResponse"];
            /**
             * Type
             * @constant
             */
            type: "public-key";
        };
        /**
         * SignedResponse
         * @description What a device has signed. Whatever else a browser adds is left out.
         */
        SignedResponse: {
            /**
             * Authenticatordata
             * @description base64url
             */
            authenticatorData: string;
            /**
             * Clientdatajson
             * @description base64url
             */
            clientDataJSON: string;
            /**
             * Signature
             * @description base64url
             */
            signature: string;
            /** Userhandle */
            userHandle?: string | null;
        };
        /**
         * SignInBody
         * @description A browser's person.
         */
        SignInBody: {
            /**
             * Identifier
             * @description e-mail; beside a password also a handle
             */
            identifier: string;
            /** Password */
            password: string;
            /**
             * Remember
             * @description 30 days, without an idle limit
             * @default false
             */
            remember?: boolean;
        };
        /**
         * SignOptions
         * @description PublicKeyCredentialRequestOptionsJSON: sign this. Units: `timeout` in ms.
         *
         *     With no key named the device finds one by itself.
         */
        SignOptions: {
            /** Allowcredentials */
            allowCredentials: components["schemas"]["KeyNamed"][];
            /** Challenge */
            challenge: string;
            /** Rpid */
            rpId: string;
            /** Timeout */
            timeout: number;
            /**
             * Userverification
             * @constant
             */
            userVerification: "required";
        };
        /**
         * SignUpBody
         * @description A new person.
         */
        SignUpBody: {
            /**
             * Default Visibility
             * @default friends
             * @enum {string}
             */
            default_visibility?: "private" | "friends" | "public";
            /**
             * Display Name
             * @description 1 to 60, NFC
             */
            display_name: string;
            /** Handle */
            handle: string;
            /**
             * Locale
             * @default en
             */
            locale?: string;
            /** Password */
            password: string;
            /**
             * Remember
             * @description 30 days, without an idle limit
             * @default false
             */
            remember?: boolean;
            /** Ticket */
            ticket: string;
            /**
             * Timezone
             * @default UTC
             */
            timezone?: string;
        };
        /**
         * SiteNamed
         * @description Whose site it is.
         */
        SiteNamed: {
            /** Id */
            id: string;
            /** Name */
            name: string;
        };
        /**
         * StartAnswer
         * @description How they may prove it; equal for known and unknown people.
         */
        StartAnswer: {
            /**
             * Challenge Id
             * @description for `auth/code`; null where no code was sent
             */
            challenge_id: string | null;
            /** Methods */
            methods: ("code" | "password")[];
        };
        /**
         * StartBody
         * @description Who wants in.
         */
        StartBody: {
            /**
             * Identifier
             * @description e-mail; beside a password also a handle
             */
            identifier: string;
        };
        /**
         * StateView
         * @description One state and when it was entered.
         */
        StateView: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** State */
            state: string;
        };
        /**
         * StepUpAsked
         * @description The first factor was right, and a second is on: no session yet.
         */
        StepUpAsked: {
            step_up: components["schemas"]["StepUpView"];
        };
        /**
         * StepUpBody
         * @description Nothing, or no body, to ask for a challenge; a challenge with its proof to answer it.
         */
        StepUpBody: {
            /** Challenge Id */
            challenge_id?: string | null;
            /** Method */
            method?: ("passkey" | "totp" | "recovery_code" | "email_code") | null;
            /**
             * Password
             * @description beside an e-mail code, in a session
             */
            password?: string | null;
            /** Proof */
            proof?: string | null;
        };
        /**
         * StepUpDone
         * @description The session has proven who holds it, for a while.
         */
        StepUpDone: {
            /**
             * Good Until
             * Format: date-time
             */
            good_until: string;
        };
        /**
         * StepUpView
         * @description What is asked: `auth/step-up` takes the challenge with one of the methods, for 10 minutes.
         */
        StepUpView: {
            /** Challenge Id */
            challenge_id: string;
            /** Methods */
            methods: components["schemas"]["MethodView"][];
            /** @description where a passkey is a method; good once, for 5 minutes */
            passkey: components["schemas"]["SignOptions"] | null;
        };
        /**
         * StepView
         * @description One state and when it was entered.
         */
        StepView: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** State */
            state: string;
        };
        /**
         * SubscriptionBody
         * @description What `PushSubscription.toJSON()` of a browser gives.
         */
        SubscriptionBody: {
            /** Endpoint */
            endpoint: string;
            /** Expirationtime */
            expirationTime?: number | null;
            keys: components["schemas"]["SubscriptionKeysBody"];
        };
        /**
         * SubscriptionKeysBody
         * @description The keys of a browser, base64url.
         */
        SubscriptionKeysBody: {
            /** Auth */
            auth: string;
            /** P256Dh */
            p256dh: string;
        };
        /**
         * TextBody
         * @description What a person has to say.
         */
        TextBody: {
            /**
             * Text
             * @description plain text, in lines
             */
            text: string;
        };
        /**
         * TicketAnswer
         * @description The e-mail is proven and new: `auth/sign-up` takes the ticket within 30 minutes.
         */
        TicketAnswer: {
            /** Ticket */
            ticket: string;
        };
        /**
         * TokenAnswer
         * @description Send `Authorization: Bearer <access_token>`; after `expires_in` seconds, refresh.
         */
        TokenAnswer: {
            /** Access Token */
            access_token: string;
            /** Expires In */
            expires_in: number;
            /** Refresh Token */
            refresh_token: string;
            /**
             * Token Type
             * @default Bearer
             * @constant
             */
            token_type?: "Bearer";
        };
        /**
         * TokenBody
         * @description An API client's person.
         */
        TokenBody: {
            /**
             * Identifier
             * @description e-mail; beside a password also a handle
             */
            identifier: string;
            /** Password */
            password: string;
        };
        /**
         * Topic
         * @description A row of the matrix: what a person wishes to hear of, or not, as one.
         * @enum {string}
         */
        Topic: "money_in" | "money_out" | "checks" | "requests" | "answers" | "reminders" | "friends" | "likes" | "comments" | "transfers" | "disputes" | "security" | "freezes" | "account";
        /**
         * TotpCodeBody
         * @description A code of the app.
         */
        TotpCodeBody: {
            /**
             * Code
             * @description six digits
             */
            code: string;
        };
        /**
         * TotpView
         * @description A secret for an authenticator app, shown this once; its first code turns it on.
         */
        TotpView: {
            /** Secret */
            secret: string;
            /**
             * Uri
             * @description otpauth:// for a QR code
             */
            uri: string;
        };
        /**
         * UserCard
         * @description What anybody signed in may know of a person.
         */
        UserCard: {
            /**
             * Avatar Seed
             * @description draws the same picture everywhere
             */
            avatar_seed: string;
            /** Display Name */
            display_name: string;
            /** Handle */
            handle: string;
            /** Id */
            id: string;
            /** Is Friend */
            is_friend: boolean;
            /**
             * Member Since
             * Format: date
             */
            member_since: string;
            /**
             * Mutual Friends
             * @description friends of both
             */
            mutual_friends: number;
            /**
             * Times Paid
             * @description how often I have paid them
             */
            times_paid: number;
        };
        /**
         * UserNamed
         * @description Whose key it will be: `id` is kept beside it, the rest tells keys apart.
         */
        UserNamed: {
            /** Displayname */
            displayName: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
        };
        /**
         * VerificationAnswer
         * @description Where a person stands: their tier, and what the next one needs.
         */
        VerificationAnswer: {
            /** Needs */
            needs: ("legal_name" | "birth_date" | "address" | "tax_id_last4" | "document")[];
            /**
             * State
             * @enum {string}
             */
            state: "none" | "pending" | "verified" | "refused";
            /** Tier */
            tier: number;
        };
        /**
         * VerificationBody
         * @description What the law calls them. Kept sealed; shown to nobody but an operator with a reason.
         */
        VerificationBody: {
            address: components["schemas"]["AddressBody"];
            /**
             * Birth Date
             * Format: date
             * @description 18 or older
             */
            birth_date: string;
            /** Legal Name */
            legal_name: string;
            /**
             * Tax Id Last4
             * @description last four digits
             */
            tax_id_last4: string;
        };
        /**
         * VerifyRequest
         * @description Prove a challenge: what a passkey answered (as JSON text), the app's code, the e-mail's.
         */
        VerifyRequest: {
            /** Challenge Id */
            challenge_id: string;
            /**
             * Method
             * @enum {string}
             */
            method: "passkey" | "totp" | "email_code";
            /**
             * Proof
             * @example 123456
             */
            proof: string;
        };
        /**
         * VisibilityRequest
         * @description My wish for one payment; without `show_amount` that one stays as it is.
         */
        VisibilityRequest: {
            /** Show Amount */
            show_amount?: boolean | null;
            /**
             * Visibility
             * @enum {string}
             */
            visibility: "private" | "friends" | "public";
        };
        /**
         * WindowAnswer
         * @description A rolling window. Amounts in minor units.
         */
        WindowAnswer: {
            /**
             * Count
             * @description transfers counted in the window
             */
            count: number;
            /** Left */
            left: number;
            /** Limit */
            limit: number;
            /**
             * Max Count
             * @description null: any number
             */
            max_count: number | null;
            /**
             * Resets At
             * @description when the oldest part counts no more
             */
            resets_at: string | null;
            /** Used */
            used: number;
        };
        /**
         * WithdrawalBody
         * @description Take money out to a bank: `standard` for nothing, `instant` for a fee out of the amount.
         */
        WithdrawalBody: {
            /**
             * Amount
             * @example 10000
             */
            amount: number;
            /** Funding Source Id */
            funding_source_id: string;
            /**
             * Type
             * @default standard
             * @enum {string}
             */
            type?: "standard" | "instant";
        };
        /**
         * WithdrawalsPage
         * @description Withdrawals, newest first; `next_cursor` where there are more.
         */
        WithdrawalsPage: {
            /** Next Cursor */
            next_cursor: string | null;
            /** Withdrawals */
            withdrawals: components["schemas"]["MoveView"][];
        };
        /**
         * WithdrawalView
         * @description A withdrawal, and what I then have.
         */
        WithdrawalView: {
            balance: components["schemas"]["LeftView"];
            withdrawal: components["schemas"]["MoveView"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    personas_demo_people_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Personas"];
                };
            };
        };
    };
    become_demo_sign_in_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonaBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    about_v1_app_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
        };
    };
    code_v1_auth_code_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"] | components["schemas"]["TicketAnswer"] | components["schemas"]["StepUpAsked"];
                };
            };
        };
    };
    begin_email_v1_auth_email_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmailAsked"];
                };
            };
        };
    };
    finish_email_v1_auth_email_confirm_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailCodeBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    offer_v1_auth_passkey_register_options_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyToMake"];
                };
            };
        };
    };
    add_v1_auth_passkey_register_verify_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MadeBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyMade"];
                };
            };
        };
    };
    ask_v1_auth_passkey_sign_in_options_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyToSign"];
                };
            };
        };
    };
    sign_in_v1_auth_passkey_sign_in_verify_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignedBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    change_password_v1_auth_password_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    recover_v1_auth_recover_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecoverBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    renew_recovery_codes_v1_auth_recovery_codes_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
        };
    };
    refresh_v1_auth_refresh_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
        };
    };
    sign_in_v1_auth_sign_in_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"] | components["schemas"]["StepUpAsked"];
                };
            };
        };
    };
    sign_out_v1_auth_sign_out_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    sign_up_v1_auth_sign_up_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignUpBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    start_v1_auth_start_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartAnswer"];
                };
            };
        };
    };
    step_up_v1_auth_step_up_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StepUpBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepUpView"] | components["schemas"]["StepUpDone"] | components["schemas"]["Me"] | components["schemas"]["TokenAnswer"];
                };
            };
        };
    };
    token_v1_auth_token_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"] | components["schemas"]["StepUpAsked"];
                };
            };
        };
    };
    offer_totp_v1_auth_totp_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpView"];
                };
            };
        };
    };
    turn_totp_off_v1_auth_totp_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    confirm_totp_v1_auth_totp_confirm_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpCodeBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
        };
    };
    balance_v1_balance_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MyBalanceView"];
                };
            };
        };
    };
    deposits_v1_deposits_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DepositsPage"];
                };
            };
        };
    };
    deposit_v1_deposits_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DepositView"];
                };
            };
        };
    };
    deposit_of_v1_deposits__deposit_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deposit_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DepositView"];
                };
            };
        };
    };
    cancel_deposit_v1_deposits__deposit_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deposit_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DepositView"];
                };
            };
        };
    };
    quote_deposit_v1_deposits_quote_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MoveQuoteView"];
                };
            };
        };
    };
    disputes_v1_disputes_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                /** @description of it alone */
                hold_id?: string | null;
                limit?: number;
                /** @description of it alone */
                payment_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputesPage"];
                };
            };
        };
    };
    report_v1_disputes_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReportBody"];
            };
        };
        responses: {
            /** @description Opened, now or when this key was first sent */
            201: {
                headers: {
                    /** @description there when this key was answered before */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputeView"];
                };
            };
        };
    };
    dispute_of_v1_disputes__dispute_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dispute_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputeView"];
                };
            };
        };
    };
    answer_v1_disputes__dispute_id__info_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                dispute_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TextBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputeView"];
                };
            };
        };
    };
    withdraw_v1_disputes__dispute_id__withdraw_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                dispute_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputeView"];
                };
            };
        };
    };
    feed_v1_feed_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                from?: string | null;
                limit?: number;
                max_amount?: number | null;
                min_amount?: number | null;
                offset?: number;
                scope?: ("friends" | "public" | "mine") | null;
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedPage"];
                };
            };
        };
    };
    item_v1_feed__payment_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedItem"];
                };
            };
        };
    };
    comments_v1_feed__payment_id__comments_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommentsPage"];
                };
            };
        };
    };
    comment_v1_feed__payment_id__comments_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommentBody"];
            };
        };
        responses: {
            /** @description It stands, now or since this key was first sent */
            201: {
                headers: {
                    /** @description there when this is the comment of an earlier request */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommentView"];
                };
            };
        };
    };
    remove_comment_v1_feed__payment_id__comments__comment_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comment_id: string;
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    like_v1_feed__payment_id__likes_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LikesView"];
                };
            };
        };
    };
    like_v1_feed__payment_id__likes_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LikesView"];
                };
            };
        };
    };
    unlike_v1_feed__payment_id__likes_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LikesView"];
                };
            };
        };
    };
    friends_v1_friends_get: {
        parameters: {
            query: {
                cursor?: string | null;
                limit?: number;
                state: "accepted" | "pending" | "blocked" | "muted";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Friends"];
                };
            };
        };
    };
    befriend_v1_friends__user_id__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Friend"];
                };
            };
        };
    };
    part_v1_friends__user_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    block_v1_friends__user_id__block_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    unblock_v1_friends__user_id__block_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    mute_v1_friends__user_id__mute_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    unmute_v1_friends__user_id__mute_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    funding_sources_v1_funding_sources_get: {
        parameters: {
            query?: {
                removed?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FundingSources"];
                };
            };
        };
    };
    funding_source_v1_funding_sources__funding_source_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                funding_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FundingSource"];
                };
            };
        };
    };
    remove_v1_funding_sources__funding_source_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                funding_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_v1_funding_sources__funding_source_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                funding_source_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DefaultBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FundingSource"];
                };
            };
        };
    };
    verify_v1_funding_sources__funding_source_id__verify_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                funding_source_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FundingSource"];
                };
            };
        };
    };
    bank_v1_funding_sources_bank_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BankBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkedSource"];
                };
            };
        };
    };
    link_v1_funding_sources_bank_link_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkPage"];
                };
            };
        };
    };
    card_v1_funding_sources_card_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CardBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CardPage"] | components["schemas"]["FundingSource"];
                };
            };
        };
    };
    me_v1_me_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    change_me_v1_me_patch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    holds_v1_me_holds_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Holds"];
                };
            };
        };
    };
    appeal_hold_v1_me_holds__hold_id__appeal_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                hold_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TextBody"];
            };
        };
        responses: {
            /** @description Opened, now or when this key was first sent */
            201: {
                headers: {
                    /** @description there when this key was answered before */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputeView"];
                };
            };
        };
    };
    limits_v1_me_limits_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LimitsAnswer"];
                };
            };
        };
    };
    lock_v1_me_lock_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    passkeys_v1_me_passkeys_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyList"];
                };
            };
        };
    };
    remove_v1_me_passkeys__passkey_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkey_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    rename_v1_me_passkeys__passkey_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkey_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyNameBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyView"];
                };
            };
        };
    };
    privacy_v1_me_privacy_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Privacy"];
                };
            };
        };
    };
    change_privacy_v1_me_privacy_patch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PrivacyBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Privacy"];
                };
            };
        };
    };
    hide_past_v1_me_privacy_past_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PastRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HiddenView"];
                };
            };
        };
    };
    security_events_v1_me_security_events_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecurityEvents"];
                };
            };
        };
    };
    sessions_v1_me_sessions_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sessions"];
                };
            };
        };
    };
    revoke_others_v1_me_sessions_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    revoke_v1_me_sessions__session_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    where_i_stand_v1_me_verification_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationAnswer"];
                };
            };
        };
    };
    verify_v1_me_verification_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerificationBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationAnswer"];
                };
            };
        };
    };
    add_document_v1_me_verification_documents_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/pdf": string;
                "image/jpeg": string;
                "image/png": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationAnswer"];
                };
            };
        };
    };
    notifications_v1_notifications_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                tab?: "all" | "payments" | "social" | "security";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inbox"];
                };
            };
        };
    };
    devices_v1_notifications_devices_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Devices"];
                };
            };
        };
    };
    register_v1_notifications_devices_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceView"];
                };
            };
        };
    };
    forget_v1_notifications_devices__device_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                device_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    preferences_v1_notifications_preferences_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
        };
    };
    prefer_v1_notifications_preferences_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreferencesBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
        };
    };
    push_key_v1_notifications_push_key_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PushKey"];
                };
            };
        };
    };
    read_v1_notifications_read_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Marked"];
                };
            };
        };
    };
    payments_v1_payments_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                idempotency_key?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentsPage"];
                };
            };
        };
    };
    send_payment_v1_payments_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description new for each payment, the same for each retry; or in the body */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PaymentRequest"];
            };
        };
        responses: {
            /** @description It has gone through, now or when this key was first sent */
            201: {
                headers: {
                    /** @description there when this is the first answer again */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentView"];
                };
            };
            /** @description A bank or card is at it: the payment is PROCESSING */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentView"];
                };
            };
        };
    };
    payment_v1_payments__payment_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentView"];
                };
            };
        };
    };
    appeal_payment_v1_payments__payment_id__appeal_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TextBody"];
            };
        };
        responses: {
            /** @description Opened, now or when this key was first sent */
            201: {
                headers: {
                    /** @description there when this key was answered before */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputeView"];
                };
            };
        };
    };
    cancel_v1_payments__payment_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentView"];
                };
            };
        };
    };
    send_code_v1_payments__payment_id__code_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    ask_passkey_v1_payments__payment_id__passkey_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyAsk"];
                };
            };
        };
    };
    receipt_v1_payments__payment_id__receipt_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReceiptView"];
                };
            };
        };
    };
    verify_v1_payments__payment_id__verify_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentView"];
                };
            };
        };
    };
    show_to_v1_payments__payment_id__visibility_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VisibilityRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentView"];
                };
            };
        };
    };
    quote_v1_payments_quote_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuoteRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuoteView"];
                };
            };
        };
    };
    public_card_v1_public_users__handle__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                handle: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicCard"];
                };
            };
        };
    };
    requests_v1_requests_get: {
        parameters: {
            query: {
                box: "to_pay" | "waiting" | "done";
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestsPage"];
                };
            };
        };
    };
    ask_v1_requests_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskBody"];
            };
        };
        responses: {
            /** @description Asked, now or when this key was first sent */
            201: {
                headers: {
                    /** @description there when this key was answered before */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestView"];
                };
            };
        };
    };
    request_of_v1_requests__request_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestView"];
                };
            };
        };
    };
    cancel_v1_requests__request_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestView"];
                };
            };
        };
    };
    decline_v1_requests__request_id__decline_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestView"];
                };
            };
        };
    };
    pay_v1_requests__request_id__pay_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PayBody"] | null;
            };
        };
        responses: {
            /** @description It is paid, or waits for a proof or a look */
            201: {
                headers: {
                    /** @description there when this key was answered before */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaidView"];
                };
            };
            /** @description A bank or card is at it */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaidView"];
                };
            };
        };
    };
    remind_v1_requests__request_id__remind_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestView"];
                };
            };
        };
    };
    transactions_v1_transactions_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                direction?: ("in" | "out") | null;
                from?: string | null;
                kind?: ("payment" | "deposit" | "reversal" | "release" | "funding" | "withdrawal" | "return" | "recovery" | "refund" | "chargeback") | null;
                limit?: number;
                max_amount?: number | null;
                min_amount?: number | null;
                offset?: number;
                person?: string | null;
                q?: string | null;
                state?: ("CHALLENGED" | "IN_REVIEW" | "PROCESSING" | "COMPLETED" | "REVERSED" | "REJECTED" | "DECLINED" | "FAILED" | "CANCELLED" | "EXPIRED") | null;
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivityPage"];
                };
            };
        };
    };
    export_v1_transactions_export_get: {
        parameters: {
            query?: {
                direction?: ("in" | "out") | null;
                format?: "csv" | "json";
                from?: string | null;
                kind?: ("payment" | "deposit" | "reversal" | "release" | "funding" | "withdrawal" | "return" | "recovery" | "refund" | "chargeback") | null;
                max_amount?: number | null;
                min_amount?: number | null;
                person?: string | null;
                q?: string | null;
                state?: ("CHALLENGED" | "IN_REVIEW" | "PROCESSING" | "COMPLETED" | "REVERSED" | "REJECTED" | "DECLINED" | "FAILED" | "CANCELLED" | "EXPIRED") | null;
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. CSV: RFC 4180 in UTF-8, amounts also as decimal numbers */
            200: {
                headers: {
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivityPage"];
                    "text/csv": string;
                };
            };
        };
    };
    search_v1_users_get: {
        parameters: {
            query: {
                limit?: number;
                query: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cards"];
                };
            };
        };
    };
    user_v1_users__handle__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                handle: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
        };
    };
    withdrawals_v1_withdrawals_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WithdrawalsPage"];
                };
            };
        };
    };
    withdraw_v1_withdrawals_post: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WithdrawalBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WithdrawalView"];
                };
            };
        };
    };
    withdrawal_of_v1_withdrawals__withdrawal_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                withdrawal_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WithdrawalView"];
                };
            };
        };
    };
    cancel_withdrawal_v1_withdrawals__withdrawal_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                withdrawal_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WithdrawalView"];
                };
            };
        };
    };
    quote_withdrawal_v1_withdrawals_quote_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WithdrawalBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MoveQuoteView"];
                };
            };
        };
    };
}
