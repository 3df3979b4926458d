using System.Security.Cryptography;
using System.Text;

namespace Agency.Tests.Isolation;

/// <summary>The rows of the <see cref="World"/>, every table's: each valid, each told apart by relation and number.</summary>
internal static class WorldRows
{
    private const string Day = "2026-03-02";
    private const string Instant = "2026-03-02 09:00:00.000";

    /// <summary>The numbered row of a relation; its parents are the rows of the same number, or the last there are.</summary>
    public static Row Of(string table, Relation r, int n)
    {
        byte[] Id(string of) => Hash(of, Math.Min(n, Last(of)))[..16];
        byte[] Hash(string of, int number) => SHA256.HashData(Encoding.UTF8.GetBytes($"{of}|{r.Name}|{number}"));
        int Last(string of) => of == table ? n : World.Seeded.First(s => s.Table == of).Seeded;

        // What hangs under a case is about that case's account.
        byte[] CaseAccount() => Hash("account", Math.Min(n, 2))[..16];

        // The rival's first account is another debt of the debtor that the own agency works.
        byte[] Debtor() => r.Name == "rival" && n == 1 ? (byte[])Of("debtor", World.Relations[0], 1)["id"]! : Id("debtor");
        var bank = (int)r.Bank;
        var agency = (int)r.Agency;
        var code = $"{r.Name}-{n}";
        var cipher = new byte[] { 1, 2, 3, (byte)n };
        return Row.From(table switch
        {
            "tenant" => Tenant("new-" + r.Name, "agency"),
            "idempotency_record" => new { tenant_id = n % 2 == 1 ? bank : agency, key_hash = Hash("key", n), request_hash = Hash("request", n), created_at = Instant },
            "audit_entry" => new { tenant_id = n % 2 == 1 ? bank : agency, id = Id(table), occurred_at = Instant, action = "test.done" },
            "agreement" => new { bank_id = bank, id = Id(table), agency_id = agency, title = code, valid_from = Day, created_at = Instant },
            "portfolio" => new { bank_id = bank, id = Id(table), name = code, currency = "CNY", created_at = Instant, changed_at = Instant },
            "import" => new
            {
                bank_id = bank,
                id = Id(table),
                portfolio_id = Id("portfolio"),
                format = "csv",
                as_of = Day,
                state = "queued",
                compressed = 0,
                file_sha256 = Hash("file", n),
                bytes = 1,
                rows_read = 0,
                rows_accepted = 0,
                rows_known = 0,
                rows_rejected = 0,
                created_at = Instant,
            },
            "import_error" => new { bank_id = bank, import_id = Id("import"), line = 2, position = 1, code = "account.missing", value_cipher = cipher },
            "debtor" => new { bank_id = bank, id = Id(table), reference = code, name_cipher = cipher, time_zone = "Asia/Shanghai", created_at = Instant },
            "contact_point" => new
            {
                bank_id = bank,
                id = Id(table),
                debtor_id = Id("debtor"),
                kind = "phone",
                value_cipher = cipher,
                value_index = Hash("phone", n),
                status = "unverified",
                source = "bank",
                created_at = Instant,
            },
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
            },
            "assignment_answer" => new { bank_id = bank, agency_id = agency, assignment_id = Id("assignment"), answer = "acknowledged", answered_at = Instant },
            "account" => new
            {
                bank_id = bank,
                id = Id(table),
                portfolio_id = Id("portfolio"),
                import_id = Id("import"),
                debtor_id = Debtor(),
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
                kind = "opening",
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
                assignment_id = Id("assignment"),
                account_id = Id("account"),
                debtor_id = Debtor(),
                state = r.Open ? "active" : "recalled",
                opened_at = Instant,
                ended_at = r.Open ? null : Instant,
                end_reason = r.Open ? null : "complaint",
            },
            "contact_record" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                case_id = Id("case"),
                account_id = CaseAccount(),
                channel = "call",
                direction = "outbound",
                party = "debtor",
                outcome = "no_answer",
                occurred_at = Instant,
                received_at = Instant,
            },
            "contact_note" => new { bank_id = bank, contact_record_id = Id("contact_record"), agency_id = agency, case_id = Id("case"), note_cipher = cipher },
            "repayment" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                case_id = Id("case"),
                account_id = CaseAccount(),
                amount = 50,
                currency = "CNY",
                paid_on = Day,
                over_balance = 0,
                reported_at = Instant,
            },
            "repayment_decision" => new
            {
                bank_id = bank,
                repayment_id = Id("repayment"),
                decision = "confirmed",
                agency_id = agency,
                overpaid = 0,
                decided_at = Instant,
            },
            "settlement_proposal" => new
            {
                bank_id = bank,
                id = Id(table),
                agency_id = agency,
                case_id = Id("case"),
                account_id = CaseAccount(),
                kind = "lump_sum",
                amount = 80,
                currency = "CNY",
                pay_by = Day,
                reason_cipher = cipher,
                submitted_at = Instant,
            },
            "settlement_proposal_decision" => new
            {
                bank_id = bank,
                settlement_proposal_id = Id("settlement_proposal"),
                decision = "approved",
                agency_id = agency,
                decided_at = Instant,
            },
            _ => throw new ArgumentException($"The world has no rows of {table}: add them.", nameof(table)),
        });
    }

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
