using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;

namespace Agency.Tests.Isolation;

/// <summary>The rows of the <see cref="World"/>, every table's: each valid, each told apart by relation and number.</summary>
internal static class WorldRows
{
    private const string Day = "2026-03-02";
    private const string Instant = "2026-03-02 09:00:00.000";

    // The last moment for a late report, and the first that is too late.
    private const string Boundary = "2026-03-09 09:00:00.000";
    private const string Past = "2026-03-09 09:00:00.001";

    private static readonly string[] Members = ["first collector", "first supervisor", "second supervisor", "idle collector", "spare collector"];

    private static readonly string[] Holds = ["dispute", "fraud", "complaint", "deceased", "insolvency", "cease_contact"];

    public static Id Person(string relation, string person) => Id.FromBytes(Hash("person", relation, person).AsSpan(0, 16));

    /// <summary>
    /// The numbered row of a relation; its parents are the rows of the same number, or the last there are. What hangs under a case
    /// hangs under the first (on one collector's desk) and the second (on another's) by turns.
    /// </summary>
    public static Row Of(string table, Relation r, int n)
    {
        int Last(string of) => of == table ? n : World.SeededOf(of);
        byte[] Id(string of) => Key(of, r, Math.Min(n, Last(of)));
        var bank = (int)r.Bank;
        var agency = (int)r.Agency;
        var code = $"{r.Name}-{n}";
        var cipher = new byte[] { 1, 2, 3, (byte)n };
        var turn = 1 + ((n - 1) % 2);
        var received = (n - 1) / 2 % 2 == 0 ? Past : Boundary;
        byte[] Case(int number) => Key("case", r, number);
        byte[] Account(int number) => Key("account", r, number);
        byte[] Member(string person) => Person(r.Name, person).ToBytes();
        byte[] Hash(string of, int number) => WorldRows.Hash(of, r.Name, $"{number}");
        return Row.From(table switch
        {
            "tenant" => Tenant("new-" + r.Name, "agency"),
            "idempotency_record" => new { tenant_id = n % 2 == 1 ? bank : agency, key_hash = Hash("key", n), request_hash = Hash("request", n), created_at = Instant },

            // The first two are internal, the next four done in a case, and then one is shared with who has no part in it.
            "audit_entry" when n is 1 or 2 => new { tenant_id = n % 2 == 1 ? bank : agency, id = Id(table), occurred_at = Instant, action = "test.done" },
            "audit_entry" => new
            {
                tenant_id = n % 2 == 1 ? bank : agency,
                id = Id(table),
                occurred_at = Instant,
                action = "test.done",
                shared_with = n > 6 ? World.Operator : n % 2 == 1 ? agency : bank,
                case_id = Case(1 + ((n - 1) / 2 % 2)),
            },
            "audit_seal" => new
            {
                tenant_id = n % 2 == 1 ? bank : agency,
                number = (100 * (1 + World.Relations.TakeWhile(other => other != r).Count())) + n,
                entry_id = Id("audit_entry"),
                sealed_at = Instant,
                digest = Hash("seal", n),
            },
            "worked_day" => new { tenant_id = n % 2 == 1 ? bank : agency, person_id = Person(r.Name, $"worker {n}").ToBytes(), day = Day, opened = n },
            "webhook_subscription" => new
            {
                tenant_id = n % 2 == 1 ? bank : agency,
                id = Id(table),
                url = "https://hooks.example.com/",
                types = r.Name switch { "own" or "other" => "*", "rival" => n % 2 == 1 ? "account.* test.*" : "test.done", _ => "case.* test.undone" },
                secret_cipher = cipher,
                state = r.Name == "other" && n == 2 ? "removed" : "enabled",
                created_at = Instant,
                changed_at = Instant,
            },
            "webhook_delivery" => new
            {
                tenant_id = n % 2 == 1 ? bank : agency,
                id = Id(table),
                subscription_id = Key("webhook_subscription", r, turn),
                message_id = Id(table),
                type = "case.ended",
                position = 1,
                order_key = Case(1),
                state = "pending",
                attempts = 0,
                next_attempt_at = Instant,
                created_at = Instant,
            },
            "webhook_attempt" => new { tenant_id = n % 2 == 1 ? bank : agency, delivery_id = Key("webhook_delivery", r, turn), number = n, attempted_at = Instant, milliseconds = 5, status = 200 },
            "agreement" => new { bank_id = bank, id = Id(table), agency_id = agency, title = code, valid_from = Day, created_at = Instant },
            "portfolio" => new { bank_id = bank, id = Id(table), name = code, currency = "CNY", created_at = Instant, changed_at = Instant },
            "import" => new
            {
                bank_id = bank,
                id = Id(table),
                portfolio_id = Id("portfolio"),
                format = "csv",
                as_of = Day,
                mode = "new",
                state = "queued",
                compressed = 0,
                file_sha256 = Hash("file", n),
                bytes = 1,
                bytes_read = 0,
                rows_read = 0,
                rows_accepted = 0,
                rows_known = 0,
                rows_refreshed = 0,
                rows_rejected = 0,
                created_at = Instant,
            },
            "import_error" => new { bank_id = bank, import_id = Id("import"), line = 2, position = 1, code = "account.missing", value_cipher = cipher },
            "rejected_row" => new { bank_id = bank, import_id = Id("import"), line = 2, cells_cipher = cipher },
            "debtor" => new { bank_id = bank, id = Id(table), reference = code, name_cipher = cipher, time_zone = "Asia/Shanghai", created_at = Instant },
            "assignment" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                agreement_id = Id("agreement"),
                portfolio_id = Id("portfolio"),
                currency = "CNY",
                term_start = Day,
                term_end = Day,
                account_count = 1,
                principal = 100,
                interest = 10,
                fees = 1,
                days_past_due_mix = "{}",
                submitted_at = Instant,
                agreement_version = 1,
                placing = n == 4 ? 1 : 0,
                skipped_count = 0,
                ended_at = r.Standing == Standing.Withdrawn ? Instant : null,
                late_until = r.Standing == Standing.Withdrawn ? Boundary : null,
            },
            "assignment_retention" => Retention(r, n),
            "assignment_answer" => new { bank_id = bank, agency_id = agency, assignment_id = Id("assignment"), answer = "acknowledged", answered_at = Instant },
            "account" => new
            {
                bank_id = bank,
                id = Id(table),
                portfolio_id = Id("portfolio"),
                import_id = Id("import"),
                debtor_id = Debtor(r, Math.Min(n, Last("debtor"))),
                account_number = code,
                currency = "CNY",
                oldest_due_date = Day,
                as_of = Day,
                principal = 100,
                interest = 10,
                fees = 1,
                state = "eligible",
                created_at = Instant,
                changed_at = Instant,
            },
            "ledger_entry" => new
            {
                bank_id = bank,
                account_id = Id("account"),
                id = Id(table),
                kind = n == 2 ? "repayment" : "opening",
                bucket = "principal",
                amount = 100,
                currency = "CNY",
                cause_id = Id("import"),
                effective_on = Day,
                created_at = Instant,
            },
            "assignment_account" => new
            {
                bank_id = bank,
                assignment_id = Id("assignment"),
                account_id = Id("account"),
                principal = 100,
                interest = 10,
                fees = 1,
                days_past_due = 40,
            },
            "case" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                assignment_id = Key("assignment", r, Math.Min(n, 3)),
                account_id = Id("account"),
                debtor_id = Debtor(r, n),
                state = r.Standing is Standing.Open or Standing.Withdrawn ? "active" : "recalled",
                opened_at = Instant,
                ended_at = r.Standing is Standing.Open or Standing.Withdrawn ? null : Instant,
                end_reason = r.Standing is Standing.Open or Standing.Withdrawn ? null : "complaint",
                placed = 105,
                late_until = r.Standing switch { Standing.Late => Boundary, Standing.Former => Instant, _ => null },
            },
            "contact_point" => ContactPoint(r, n, cipher),
            "contact_record" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                case_id = Case(turn),
                account_id = Account(turn),
                channel = "call",
                direction = "outbound",
                party = "debtor",
                outcome = "no_answer",
                occurred_at = Instant,
                received_at = received,

                // The last says that it called somebody else's debtor.
                debtor_id = Debtor(r, n == 11 ? 2 : turn),
            },
            "contact_note" => new
            {
                bank_id = bank,
                contact_record_id = Id("contact_record"),
                agency_id = agency,
                case_id = Case(turn),
                note_cipher = cipher,
                received_at = received,
            },
            "repayment" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                case_id = Case(turn),
                account_id = Account(turn),
                amount = 50,
                currency = "CNY",
                paid_on = Day,
                over_balance = 0,
                reported_at = received,
                payer = "debtor",
                payer_consent = 0,
            },
            "repayment_withdrawal" => new
            {
                bank_id = bank,
                repayment_id = Key("repayment", r, Math.Min(n, Last("repayment"))),
                agency_id = agency,
                case_id = Case(1 + ((Math.Min(n, Last("repayment")) - 1) % 2)),
                withdrawn_at = (n - 1) / 2 % 2 == 0 ? Past : Boundary,
            },

            // In a case of the agency's; the third one of a time without a case.
            "direct_payment" => new
            {
                bank_id = bank,
                id = Id(table),
                account_id = Account(n % 3 == 0 ? 1 : turn),
                agency_id = n % 3 == 0 ? null : (int?)agency,
                case_id = n % 3 == 0 ? null : Case(turn),
                amount = 50,
                currency = "CNY",
                paid_on = Day,
                overpaid = 0,
                booked_at = Instant,
            },
            "direct_payment_acknowledgement" => new
            {
                bank_id = bank,
                direct_payment_id = Key("direct_payment", r, n == 3 ? 4 : n),
                agency_id = agency,
                case_id = Case(n == 1 ? 1 : 2),
                acknowledged_at = Instant,
            },
            "bank_reference" => new { bank_id = bank, subject_id = Id(table), reference = code, kind = "repayment", taken_at = Instant },
            "waiver" => new
            {
                bank_id = bank,
                id = Id(table),
                account_id = Account(turn),
                currency = "CNY",
                principal = 10,
                interest = 0,
                fees = 0,
                effective_on = Day,
                reason_cipher = cipher,
                granted_at = Instant,
            },
            "repayment_decision" => new
            {
                bank_id = bank,
                repayment_id = Id("repayment"),
                decision = "confirmed",
                agency_id = agency,
                overpaid = 0,
                decided_at = Instant,
                attributed = 1,
            },
            "settlement_proposal" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                case_id = Case(turn),
                account_id = Account(turn),
                kind = "lump_sum",
                amount = 80,
                currency = "CNY",
                pay_by = Day,
                reason_cipher = cipher,
                submitted_at = Instant,
                agree_by = Day,
                balance = 100,
            },
            "settlement_counter" => new
            {
                bank_id = bank,
                settlement_proposal_id = Id("settlement_proposal"),
                agency_id = agency,
                case_id = Case(turn),
                kind = "lump_sum",
                amount = 90,
                pay_by = Day,
                agree_by = Day,
                balance = 100,
                countered_at = Instant,
            },
            "settlement_reply" => new
            {
                bank_id = bank,
                settlement_proposal_id = Id("settlement_proposal"),
                reply = "withdrawn",
                agency_id = agency,
                case_id = Case(turn),
                replied_at = Instant,
            },
            "evidence_file" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                case_id = Case(turn),
                settlement_proposal_id = Id("settlement_proposal"),
                kind = "income",
                media_type = "image/png",
                bytes = 9,
                sha256 = cipher,
                name_cipher = cipher,
                uploaded_at = Instant,
            },
            "evidence_verification" => new { bank_id = bank, evidence_file_id = Id("evidence_file"), agency_id = agency, case_id = Case(turn), verified_at = Instant },
            "repayment_plan" => new
            {
                bank_id = bank,
                settlement_proposal_id = Id("settlement_proposal"),
                agency_id = agency,
                case_id = Case(turn),
                account_id = Account(turn),
                kind = "lump_sum",
                amount = 80,
                currency = "CNY",
                pay_by = Day,
                counts_from = Day,
                grace_days = 10,
                state = "approved",
                paid = 0,
                look_on = Day,
                approved_at = Instant,
            },
            "settlement_proposal_decision" => new
            {
                bank_id = bank,
                settlement_proposal_id = Id("settlement_proposal"),
                decision = "approved",
                agency_id = agency,
                decided_at = Instant,
            },
            "agreement_version" => new
            {
                bank_id = bank,
                agreement_id = Id("agreement"),
                version = n,
                agency_id = agency,
                title = code,
                valid_from = Day,
                terms = "{}",
                created_at = Instant,
            },
            "assignment_skip" => new { bank_id = bank, assignment_id = Id("assignment"), account_id = Id("account"), reason = "open_case" },
            "team" => new { agency_id = agency, id = Id(table), name = code, splits_evenly = 0, created_at = Instant, changed_at = Instant },
            "team_member" => new
            {
                agency_id = agency,
                team_id = Key("team", r, n is 3 or 5 ? 2 : 1),
                person_id = Member(n <= Members.Length ? Members[n - 1] : code),
                role = n is 2 or 3 ? "supervisor" : "collector",
                added_at = Instant,
            },

            // The third case is on nobody's desk: both free rows put it on one.
            "case_desk" => new
            {
                bank_id = bank,
                agency_id = agency,
                case_id = Case(Math.Min(n, 3)),
                account_id = Account(Math.Min(n, 3)),
                collector_id = n == 4 ? null : Member(turn == 1 ? "first collector" : "second collector"),
                team_id = Key("team", r, turn),
                changed_at = Instant,
            },
            "case_order" => new
            {
                bank_id = bank,
                case_id = Id("case"),
                agency_id = agency,
                account_id = Id("account"),
                oldest_due_date = Day,
                balance = 111,
                last_contact_at = Instant,
                next_promise_on = Day,
                is_open = r.Standing is Standing.Open or Standing.Withdrawn ? 1 : 0,
            },
            "case_motion" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                case_id = Case(turn),
                account_id = Account(turn),
                kind = "return",
                reason = "unlocated",
                made_at = Instant,
            },
            "case_motion_answer" => new { bank_id = bank, motion_id = Id("case_motion"), agency_id = agency, case_id = Case(turn), answer = "accepted", answered_at = Instant },
            "contact_point_mark" => Mark(r, n),
            "hold" => new
            {
                bank_id = bank,
                id = Id(table),
                account_id = Account(n % 3 == 0 ? 1 : turn),
                agency_id = n % 3 == 0 ? null : (int?)agency,
                case_id = n % 3 == 0 ? null : Case(turn),
                kind = Holds[n - 1],
                raised_at = Instant,
            },
            "promise" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                case_id = Case(turn),
                account_id = Account(turn),
                amount = 50,
                currency = "CNY",
                due_on = Day,
                made_at = Instant,
            },
            "promise_cancellation" => new { bank_id = bank, promise_id = Id("promise"), agency_id = agency, case_id = Case(turn), cancelled_at = Instant },
            "promise_outcome" => new
            {
                bank_id = bank,
                promise_id = Id("promise"),
                number = 1,
                agency_id = agency,
                case_id = Case(turn),
                outcome = "kept",
                paid = 50,
                decided_at = Instant,
            },
            "contact_permit" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                case_id = Case(turn),
                account_id = Account(turn),
                answer = "allow",
                channel = "call",
                party = "debtor",
                rule_pack = "cn",
                findings = "[]",
                checked_at = Instant,
                expires_at = Instant,
            },

            "statement_month" => new { bank_id = bank, agency_id = agency, month = $"2026-0{n}-01", closed_at = Instant },
            "statement" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                month = $"2026-0{n}-01",
                currency = "CNY",
                line_count = 4,
                amount = 50,
                commission = 5,
                drafted_at = Instant,
            },

            // Money under either case, and then back.
            "statement_line" => new
            {
                bank_id = bank,
                statement_id = Key("statement", r, 1),
                number = n,
                agency_id = agency,
                kind = n <= 2 ? "repayment" : "reversal",
                repayment_id = Key("repayment", r, turn),
                case_id = Case(turn),
                account_id = Account(turn),
                assignment_id = Key("assignment", r, turn),
                agreement_id = Key("agreement", r, 1),
                agreement_version = 1,
                cycle = 2,
                amount = 50,
                overpaid = 0,
                pieces = "[]",
                earned = 5,
                account_cap_taken = 0,
                statement_cap_taken = 0,
                commission = 5,
                is_undone = 0,
                paid_on = Day,
                decided_at = Instant,
            },
            "recovery" => new
            {
                bank_id = bank,
                payment_id = Key("repayment", r, turn),
                kind = n <= 2 ? "confirmed" : "reversed",
                agency_id = agency,
                case_id = Case(turn),
                account_id = Account(turn),
                assignment_id = Key("assignment", r, turn),
                amount = 50,
                currency = "CNY",
                decided_on = Day,
            },
            "statement_issue" => new { bank_id = bank, statement_id = Key("statement", r, 1), version = n, agency_id = agency, adjusted = 0, total = 5, issued_at = Instant },
            "statement_adjustment" => new { bank_id = bank, statement_id = Key("statement", r, 1), version = 1, number = n, agency_id = agency, line_number = 1, amount = -1, reason = code },
            "statement_decision" => new
            {
                bank_id = bank,
                statement_id = Key("statement", r, 1),
                version = 1,
                decision = n == 1 ? "agreed" : "paid",
                agency_id = agency,
                reference = n == 1 ? null : code,
                paid_on = n == 1 ? null : Day,
                decided_at = Instant,
            },
            "statement_objection" => new { bank_id = bank, statement_id = Key("statement", r, 1), version = 1, line_number = n, agency_id = agency, reason = code },

            // In a case, for the whole agency, for the bank alone; the last at a bank that never mandated the agency.
            "event" => new
            {
                id = Id(table),
                bank_id = n == 9 ? (r.Bank == World.Harbour ? World.Summit : World.Harbour) : bank,
                agency_id = n % 4 == 0 ? null : (int?)agency,
                type = "test.done",
                subject = "test",
                subject_id = Id(table),
                case_id = n % 4 is 1 or 2 && n < 9 ? Case(turn) : null,
                account_id = n % 4 is 1 or 2 && n < 9 ? Account(turn) : null,
                occurred_at = Instant,
            },
            _ => throw new ArgumentException($"The world has no rows of {table}: add them.", nameof(table)),
        });
    }

    // Asked by the agency, by whoever sees all, the team's or the own desk's cases; granted and refused by the bank.
    private static object Retention(Relation r, int n)
    {
        var deed = (n % 5) switch { 4 => "granted", 0 => "refused", _ => "asked" };
        return new
        {
            bank_id = (int)r.Bank,
            id = Key("assignment_retention", r, n),
            agency_id = (int)r.Agency,
            assignment_id = Key("assignment", r, 1),
            deed,
            term_end = deed == "refused" ? null : Day,
            reason = deed == "granted" ? null : "active_promise",
            sight = (n % 5) switch { 2 => "team", 3 => "own", _ => "all" },
            made_at = Instant,
            case_count = 0,
            finished_at = Instant,
        };
    }

    // From the bank, found by the agency, found and adopted; the last on the debtor of another case than it says.
    private static object ContactPoint(Relation r, int n, byte[] cipher)
    {
        var found = n is 2 or 3 or 5 or 6 or 8;
        return new
        {
            bank_id = (int)r.Bank,
            id = Key("contact_point", r, n),
            debtor_id = Debtor(r, n is 4 or 6 or 8 ? 2 : 1),
            kind = "phone",
            value_cipher = cipher,
            value_index = Hash("phone", r.Name, $"{n}"),
            status = "unverified",
            source = found ? "agency" : "bank",
            created_at = Instant,
            party = "debtor",
            consent = "unknown",
            agency_id = found ? (int?)r.Agency : null,
            case_id = found ? Key("case", r, n == 6 ? 2 : 1) : null,
            adopted_at = n == 3 ? Instant : null,
        };
    }

    // On the point of its case's debtor; then on another debtor's, and on one that a rival found on the same debtor and keeps to itself.
    private static object Mark(Relation r, int n)
    {
        var own = n % 3 != 0;
        var turn = n is 2 or 5 ? 2 : 1;
        var other = World.Related(r.Name switch { "own" => "rival", "rival" => "own", _ => r.Name });
        return new
        {
            bank_id = (int)r.Bank,
            id = Key("contact_point_mark", r, n),
            contact_point_id = n == 8 ? Key("contact_point", other, 2) : Key("contact_point", r, n is 2 or 5 or 7 ? 4 : 1),
            agency_id = own ? (int?)r.Agency : null,
            case_id = own ? Key("case", r, turn) : null,
            mark = "valid",
            marked_at = Instant,
        };
    }

    // The rival's first account is another debt of the debtor that the own agency works.
    private static byte[] Debtor(Relation r, int n) => r.Name == "rival" && n == 1 ? Key("debtor", World.Related("own"), 1) : Key("debtor", r, n);

    private static byte[] Key(string table, Relation r, int n) => Hash(table, r.Name, $"{n}")[..16];

    private static byte[] Hash(string of, string relation, string which) => SHA256.HashData(Encoding.UTF8.GetBytes($"{of}|{relation}|{which}"));

    public static object Tenant(string code, string kind) => new
    {
        id = SHA256.HashData(Encoding.UTF8.GetBytes("tenant|" + code))[..16],
        code,
        name = code,
        kind,
        agency_kind = kind == "agency" ? "agency" : null,
        created_at = Instant,
    };
}
