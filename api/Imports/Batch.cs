using System.Text;
using System.Text.Json;
using Agency.Api.Data;

namespace Agency.Api.Imports;

/// <summary>The rows of one batch on their way to become debtors, contact points, accounts and opening entries.</summary>
internal sealed class Batch(ImportJob job, Ids ids, PrivateFields privateFields, DateTimeOffset now)
{
    // One seek a value, the values as one JSON array: a batch asks once, not a thousand times.
    // The values have the columns' collation: the database's own could not be compared with it.
    private static readonly Sql FindAccounts = new(
        """
        SELECT a.account_number, a.id, a.import_id, a.last_import_id, a.portfolio_id, a.debtor_id, a.state, COALESCE(a.refreshed_on, a.as_of) AS as_of
        FROM OPENJSON(@values) WITH (value nvarchar(64) COLLATE Latin1_General_100_BIN2 '$') AS v
        INNER JOIN account AS a ON a.bank_id = @bank AND a.account_number = v.value
        """,
        """
        SELECT a.account_number, a.id, a.import_id, a.last_import_id, a.portfolio_id, a.debtor_id, a.state, COALESCE(a.refreshed_on, a.as_of) AS as_of
        FROM json_each(@values) AS v
        CROSS JOIN account AS a ON a.bank_id = @bank AND a.account_number = v.value
        """);

    private static readonly Sql FindDebtors = new(
        """
        SELECT d.reference, d.id, d.id_number_index, d.name_cipher
        FROM OPENJSON(@values) WITH (value nvarchar(64) COLLATE Latin1_General_100_BIN2 '$') AS v
        INNER JOIN debtor AS d ON d.bank_id = @bank AND d.reference = v.value
        """,
        """
        SELECT d.reference, d.id, d.id_number_index, d.name_cipher
        FROM json_each(@values) AS v
        CROSS JOIN debtor AS d ON d.bank_id = @bank AND d.reference = v.value
        """);

    // The bank's own alone: a number that an agency found is brought all the same, and is then the bank's. Every kind is greater
    // than '': told so, SQLite seeks the debtor rather than read all of the bank's points.
    private static readonly Sql FindContactPoints = new(
        """
        SELECT c.debtor_id, c.kind, c.value_index
        FROM OPENJSON(@values) WITH (value nvarchar(64) COLLATE Latin1_General_100_BIN2 '$') AS v
        INNER JOIN debtor AS d ON d.bank_id = @bank AND d.reference = v.value
        INNER JOIN contact_point AS c ON c.bank_id = @bank AND c.debtor_id = d.id AND c.kind > '' AND c.agency_id IS NULL
        """,
        """
        SELECT c.debtor_id, c.kind, c.value_index
        FROM json_each(@values) AS v
        CROSS JOIN debtor AS d ON d.bank_id = @bank AND d.reference = v.value
        CROSS JOIN contact_point AS c ON c.bank_id = @bank AND c.debtor_id = d.id AND c.kind > '' AND c.agency_id IS NULL
        """);

    private static readonly BulkInsert<NewDebtor> InsertDebtors = new("debtor");
    private static readonly BulkInsert<NewContactPoint> InsertContactPoints = new("contact_point");
    private static readonly BulkInsert<NewAccount> InsertAccounts = new("account");
    private static readonly BulkInsert<NewEntry> InsertEntries = new("ledger_entry");

    // The accounts that the bank has, the numbers that this batch took, and the debtors, by what the bank calls them.
    private readonly Dictionary<string, AccountFound> known = new(StringComparer.Ordinal);
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Debtor> debtors = new(StringComparer.Ordinal);
    private readonly HashSet<(Id Debtor, string Kind, string Index)> points = [];

    private readonly List<NewDebtor> newDebtors = [];
    private readonly List<NewContactPoint> newPoints = [];
    private readonly List<NewAccount> newAccounts = [];
    private readonly List<NewEntry> newEntries = [];

    public int Accepted => newAccounts.Count;

    public int Known { get; private set; }

    public int Rejected { get; set; }

    /// <summary>The rows whose accounts are known and shall be brought to the row's figures, once the database is locked.</summary>
    public List<(Id Account, AccountRow Row)> Refreshes { get; } = [];

    /// <summary>Reads which of the rows' accounts, debtors and contact points the bank already has.</summary>
    public async Task FindExistingAsync(Session session, IReadOnlyList<AccountRow> rows, CancellationToken cancellation)
    {
        var numbers = new { job.Bank, values = JsonSerializer.Serialize(rows.Select(row => row.AccountNumber).Distinct(StringComparer.Ordinal)) };
        foreach (var account in await session.ListAsync<AccountFound>(FindAccounts, numbers, cancellation))
        {
            known[account.AccountNumber] = account;
        }

        var references = new { job.Bank, values = JsonSerializer.Serialize(rows.Select(row => row.DebtorReference).Distinct(StringComparer.Ordinal)) };
        foreach (var debtor in await session.ListAsync<DebtorFound>(FindDebtors, references, cancellation))
        {
            debtors[debtor.Reference] = new Debtor(debtor.Id, debtor.IdNumberIndex, privateFields.DecryptUnlessErased(job.Bank, "debtor", "name_cipher", debtor.Id, debtor.NameCipher));
        }

        if (debtors.Count > 0)
        {
            foreach (var point in await session.ListAsync<PointFound>(FindContactPoints, references, cancellation))
            {
                points.Add((point.DebtorId, point.Kind, Convert.ToHexString(point.ValueIndex)));
            }
        }
    }

    /// <summary>Takes a row, unless its account is known. Returns what is wrong with it beside what the bank already has.</summary>
    public Fault? Add(AccountRow row)
    {
        if (taken.Contains(row.AccountNumber))
        {
            return Fault.At(Column.AccountNumber, Fault.Duplicate, row.AccountNumber);
        }

        if (known.TryGetValue(row.AccountNumber, out var account))
        {
            return AddKnown(row, account);
        }

        if (job.Mode == ImportMode.Refresh)
        {
            return Fault.At(Column.AccountNumber, Fault.Unknown, row.AccountNumber);
        }

        if (row.Principal + row.Interest + row.Fees == 0)
        {
            return Fault.At(Column.Principal, Fault.BalanceNotPositive, "0");
        }

        var idNumberIndex = row.IdNumber is null ? null : privateFields.BlindIndex(job.Bank, "debtor", "id_number_index", row.IdNumber);
        if (!debtors.TryGetValue(row.DebtorReference, out var debtor))
        {
            debtors[row.DebtorReference] = debtor = new Debtor(ids.New(), idNumberIndex, row.DebtorName);
            AddDebtor(row, debtor);
        }
        else if (!debtor.Is(row.DebtorName, idNumberIndex))
        {
            // Two people under one reference: collecting from the wrong one is worse than not collecting.
            return Fault.At(Column.DebtorReference, Fault.DebtorConflict, row.DebtorReference);
        }

        taken.Add(row.AccountNumber);
        AddPoints(debtor.Id, row);
        AddAccount(row, debtor.Id);
        return null;
    }

    // An earlier batch of the same file may have brought or refreshed it.
    private Fault? AddKnown(AccountRow row, AccountFound account)
    {
        if (account.ImportId == job.Id || account.LastImportId == job.Id)
        {
            return Fault.At(Column.AccountNumber, Fault.Duplicate, row.AccountNumber);
        }

        if (job.Mode == ImportMode.New)
        {
            Known++;
            return null;
        }

        if (account.PortfolioId != job.Portfolio)
        {
            return Fault.At(Column.AccountNumber, Fault.OtherPortfolio, row.AccountNumber);
        }

        if (KnownAccount.Refusal(account.State, account.AsOf, job.AsOf) is { } refusal)
        {
            return Fault.At(Column.AccountNumber, refusal, row.AccountNumber);
        }

        var idNumberIndex = row.IdNumber is null ? null : privateFields.BlindIndex(job.Bank, "debtor", "id_number_index", row.IdNumber);
        if (!debtors.TryGetValue(row.DebtorReference, out var debtor) || debtor.Id != account.DebtorId || !debtor.Is(row.DebtorName, idNumberIndex))
        {
            return Fault.At(Column.DebtorReference, Fault.DebtorConflict, row.DebtorReference);
        }

        taken.Add(row.AccountNumber);
        AddPoints(debtor.Id, row);
        Refreshes.Add((account.Id, row));
        return null;
    }

    public async Task WriteAsync(Session session, CancellationToken cancellation)
    {
        await session.BulkInsertAsync(InsertDebtors, newDebtors, cancellation);
        await session.BulkInsertAsync(InsertContactPoints, newPoints, cancellation);
        await session.BulkInsertAsync(InsertAccounts, newAccounts, cancellation);
        await session.BulkInsertAsync(InsertEntries, newEntries, cancellation);
    }

    private void AddDebtor(AccountRow row, Debtor debtor) => newDebtors.Add(new NewDebtor(
        debtor.Id,
        row.DebtorReference,
        privateFields.Encrypt(job.Bank, "debtor", "name_cipher", debtor.Id, row.DebtorName),
        row.IdNumber is null ? null : privateFields.Encrypt(job.Bank, "debtor", "id_number_cipher", debtor.Id, row.IdNumber),
        debtor.IdNumberIndex,
        row.TimeZone,
        now));

    private void AddPoints(Id debtor, AccountRow row)
    {
        AddPoint(debtor, "phone", row.Phone);
        AddPoint(debtor, "email", row.Email);
        AddPoint(debtor, "address", row.Address);
    }

    private void AddPoint(Id debtor, string kind, string? value)
    {
        if (value is null)
        {
            return;
        }

        var index = privateFields.BlindIndex(job.Bank, "contact_point", "value_index", value);
        if (points.Add((debtor, kind, Convert.ToHexString(index))))
        {
            var id = ids.New();
            newPoints.Add(new NewContactPoint(id, debtor, kind, privateFields.Encrypt(job.Bank, "contact_point", "value_cipher", id, value), index, "unverified", "bank", now));
        }
    }

    private void AddAccount(AccountRow row, Id debtor)
    {
        var id = ids.New();
        newAccounts.Add(new NewAccount(
            id, job.Portfolio, job.Id, debtor, row.AccountNumber, row.Product, job.Currency, row.CreditLimit, row.OldestDueDate, job.AsOf,
            row.Principal, row.Interest, row.Fees, "eligible", now, now, row.City));
        AddEntry(id, "principal", row.Principal);
        AddEntry(id, "interest", row.Interest);
        AddEntry(id, "fees", row.Fees);
    }

    private void AddEntry(Id account, string bucket, long amount)
    {
        if (amount != 0)
        {
            newEntries.Add(new NewEntry(account, ids.New(), "opening", bucket, amount, job.Currency, job.Id, job.AsOf, now));
        }
    }

    private sealed record Debtor(Id Id, byte[]? IdNumberIndex, string Name)
    {
        // The identity number decides where both have one: names change. Else the name does, however it is typed.
        public bool Is(string name, byte[]? idNumberIndex) => idNumberIndex is not null && IdNumberIndex is not null
            ? idNumberIndex.AsSpan().SequenceEqual(IdNumberIndex)
            : name == Name || string.Equals(name.Normalize(NormalizationForm.FormKC), Name.Normalize(NormalizationForm.FormKC), StringComparison.OrdinalIgnoreCase);
    }

    // What a bulk insert writes: a member a column.
    private sealed record NewDebtor(
        Id Id, string Reference, byte[] NameCipher, byte[]? IdNumberCipher, byte[]? IdNumberIndex, string TimeZone, DateTimeOffset CreatedAt);

    private sealed record NewContactPoint(
        Id Id, Id DebtorId, string Kind, byte[] ValueCipher, byte[] ValueIndex, string Status, string Source, DateTimeOffset CreatedAt);

    private sealed record NewAccount(
        Id Id, Id PortfolioId, Id ImportId, Id DebtorId, string AccountNumber, string? Product, string Currency, long? CreditLimit, DateOnly OldestDueDate,
        DateOnly AsOf, long Principal, long Interest, long Fees, string State, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, string? City);

    private sealed record NewEntry(
        Id AccountId, Id Id, string Kind, string Bucket, long Amount, string Currency, Id CauseId, DateOnly EffectiveOn, DateTimeOffset CreatedAt);

    private sealed record AccountFound(
        string AccountNumber, Id Id, Id ImportId, Id? LastImportId, Id PortfolioId, Id DebtorId, string State, DateOnly AsOf);

    private sealed record DebtorFound(string Reference, Id Id, byte[]? IdNumberIndex, byte[] NameCipher);

    private sealed record PointFound(Id DebtorId, string Kind, byte[] ValueIndex);
}
