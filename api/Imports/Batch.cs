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
        SELECT a.account_number, a.import_id
        FROM OPENJSON(@values) WITH (value nvarchar(64) COLLATE Latin1_General_100_BIN2 '$') AS v
        INNER JOIN account AS a ON a.bank_id = @bank AND a.account_number = v.value
        """,
        """
        SELECT a.account_number, a.import_id
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

    private static readonly Sql FindContactPoints = new(
        """
        SELECT c.debtor_id, c.kind, c.value_index
        FROM OPENJSON(@values) WITH (value nvarchar(64) COLLATE Latin1_General_100_BIN2 '$') AS v
        INNER JOIN debtor AS d ON d.bank_id = @bank AND d.reference = v.value
        INNER JOIN contact_point AS c ON c.bank_id = @bank AND c.debtor_id = d.id
        """,
        """
        SELECT c.debtor_id, c.kind, c.value_index
        FROM json_each(@values) AS v
        CROSS JOIN debtor AS d ON d.bank_id = @bank AND d.reference = v.value
        CROSS JOIN contact_point AS c ON c.bank_id = @bank AND c.debtor_id = d.id
        """);

    private static readonly Sql InsertDebtor = new("""
        INSERT INTO debtor (bank_id, id, reference, name_cipher, id_number_cipher, id_number_index, time_zone, created_at)
        VALUES (@bank, @id, @debtorReference, @name, @idNumber, @idNumberIndex, @timeZone, @now)
        """);

    private static readonly Sql InsertContactPoint = new("""
        INSERT INTO contact_point (bank_id, id, debtor_id, kind, value_cipher, value_index, status, source, created_at)
        VALUES (@bank, @id, @debtor, @kind, @value, @index, 'unverified', 'bank', @now)
        """);

    private static readonly Sql InsertAccount = new("""
        INSERT INTO account (bank_id, id, portfolio_id, import_id, debtor_id, account_number, product, currency, credit_limit, oldest_due_date, as_of, principal, interest, fees, state, created_at, changed_at)
        VALUES (@bank, @id, @portfolio, @import, @debtor, @accountNumber, @product, @currency, @creditLimit, @oldestDueDate, @asOf, @principal, @interest, @fees, 'eligible', @now, @now)
        """);

    private static readonly Sql InsertEntry = new("""
        INSERT INTO ledger_entry (bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at)
        VALUES (@bank, @account, @id, 'opening', @bucket, @amount, @currency, @import, @asOf, @now)
        """);

    // The import that brought each account number, and the debtors, by what the bank calls them.
    private readonly Dictionary<string, Id> accountImports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Debtor> debtors = new(StringComparer.Ordinal);
    private readonly HashSet<(Id Debtor, string Kind, string Index)> points = [];

    // Their members are named as the statements write them: a row each, thousands of times.
    private readonly List<object> newDebtors = [];
    private readonly List<object> newPoints = [];
    private readonly List<object> newAccounts = [];
    private readonly List<object> newEntries = [];

    public int Accepted => newAccounts.Count;

    public int Known { get; private set; }

    public int Rejected { get; set; }

    /// <summary>Reads which of the rows' accounts, debtors and contact points the bank already has.</summary>
    public async Task FindExistingAsync(Session session, IReadOnlyList<AccountRow> rows, CancellationToken cancellation)
    {
        var numbers = new { job.Bank, values = JsonSerializer.Serialize(rows.Select(row => row.AccountNumber).Distinct(StringComparer.Ordinal)) };
        foreach (var account in await session.ListAsync<AccountFound>(FindAccounts, numbers, cancellation))
        {
            accountImports[account.AccountNumber] = account.ImportId;
        }

        var references = new { job.Bank, values = JsonSerializer.Serialize(rows.Select(row => row.DebtorReference).Distinct(StringComparer.Ordinal)) };
        foreach (var debtor in await session.ListAsync<DebtorFound>(FindDebtors, references, cancellation))
        {
            debtors[debtor.Reference] = new Debtor(debtor.Id, debtor.IdNumberIndex, privateFields.Decrypt(job.Bank, "debtor", "name_cipher", debtor.Id, debtor.NameCipher));
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
        if (accountImports.TryGetValue(row.AccountNumber, out var import))
        {
            Known += import == job.Id ? 0 : 1;
            return import == job.Id ? Fault.At(Column.AccountNumber, Fault.Duplicate, row.AccountNumber) : null;
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

        accountImports[row.AccountNumber] = job.Id;
        AddPoint(debtor.Id, "phone", row.Phone);
        AddPoint(debtor.Id, "email", row.Email);
        AddPoint(debtor.Id, "address", row.Address);
        AddAccount(row, debtor.Id);
        return null;
    }

    public async Task WriteAsync(Session session, CancellationToken cancellation)
    {
        await session.ExecuteAsync(InsertDebtor, newDebtors, cancellation);
        await session.ExecuteAsync(InsertContactPoint, newPoints, cancellation);
        await session.ExecuteAsync(InsertAccount, newAccounts, cancellation);
        await session.ExecuteAsync(InsertEntry, newEntries, cancellation);
    }

    private void AddDebtor(AccountRow row, Debtor debtor) => newDebtors.Add(new
    {
        bank = job.Bank,
        id = debtor.Id,
        debtorReference = row.DebtorReference,
        name = privateFields.Encrypt(job.Bank, "debtor", "name_cipher", debtor.Id, row.DebtorName),
        idNumber = row.IdNumber is null ? null : privateFields.Encrypt(job.Bank, "debtor", "id_number_cipher", debtor.Id, row.IdNumber),
        idNumberIndex = debtor.IdNumberIndex,
        timeZone = row.TimeZone,
        now,
    });

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
            newPoints.Add(new { bank = job.Bank, id, debtor, kind, value = privateFields.Encrypt(job.Bank, "contact_point", "value_cipher", id, value), index, now });
        }
    }

    private void AddAccount(AccountRow row, Id debtor)
    {
        var id = ids.New();
        newAccounts.Add(new
        {
            bank = job.Bank,
            id,
            portfolio = job.Portfolio,
            import = job.Id,
            debtor,
            accountNumber = row.AccountNumber,
            product = row.Product,
            currency = job.Currency,
            creditLimit = row.CreditLimit,
            oldestDueDate = row.OldestDueDate,
            asOf = job.AsOf,
            principal = row.Principal,
            interest = row.Interest,
            fees = row.Fees,
            now,
        });
        AddEntry(id, "principal", row.Principal);
        AddEntry(id, "interest", row.Interest);
        AddEntry(id, "fees", row.Fees);
    }

    private void AddEntry(Id account, string bucket, long amount)
    {
        if (amount != 0)
        {
            newEntries.Add(new { bank = job.Bank, account, id = ids.New(), bucket, amount, currency = job.Currency, import = job.Id, asOf = job.AsOf, now });
        }
    }

    private sealed record Debtor(Id Id, byte[]? IdNumberIndex, string Name)
    {
        // The identity number decides where both have one: names change. Else the name does, however it is typed.
        public bool Is(string name, byte[]? idNumberIndex) => idNumberIndex is not null && IdNumberIndex is not null
            ? idNumberIndex.AsSpan().SequenceEqual(IdNumberIndex)
            : name == Name || string.Equals(name.Normalize(NormalizationForm.FormKC), Name.Normalize(NormalizationForm.FormKC), StringComparison.OrdinalIgnoreCase);
    }

    private sealed record AccountFound(string AccountNumber, Id ImportId);

    private sealed record DebtorFound(string Reference, Id Id, byte[]? IdNumberIndex, byte[] NameCipher);

    private sealed record PointFound(Id DebtorId, string Kind, byte[] ValueIndex);
}
