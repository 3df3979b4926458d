using System.Data.Common;
using Agency.Api.Data;
using Agency.Tests.Data;
using Dapper;

namespace Agency.Tests.Isolation;

/// <summary>The way past views and triggers that imports take: whose rows it writes, and who may take it.</summary>
public sealed class BulkInsertTests : IDisposable
{
    private static readonly TenantContext Harbour = new(World.Harbour, TenantKind.Bank);
    private static readonly TenantContext Summit = TenantContext.SystemFor(World.Summit);
    private static readonly TenantContext Swift = new(World.Swift, TenantKind.Agency);
    private static readonly BulkInsert<Debtor> Debtors = new("debtor");
    private static readonly BulkInsert<Entry> Entries = new("ledger_entry");
    private static readonly BulkInsert<Point> Points = new("contact_point");

    private readonly Ids ids = new(TimeProvider.System);
    private readonly ScratchDatabase database = new();

    public BulkInsertTests() => World.Seed(database);

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Rows_are_stamped_with_the_bank_of_the_session()
    {
        var (ours, theirs) = (NewDebtor(), NewDebtor());
        await InsertAsync(Harbour, Debtors, ours);
        await InsertAsync(Summit, Debtors, theirs);

        Assert.Equal([(long)World.Harbour], BanksOf(ours));
        Assert.Equal([(long)World.Summit], BanksOf(theirs));
    }

    [Fact]
    public void A_row_cannot_name_a_bank() => Assert.Throws<ArgumentException>(() => new BulkInsert<Forged>("debtor"));

    [Fact]
    public async Task Only_a_banks_session_may()
    {
        foreach (var context in new[] { Swift, new TenantContext(World.Harbour, TenantKind.Agency), new TenantContext(World.Harbour, TenantKind.Operator), null })
        {
            var before = Count("debtor");
            await Assert.ThrowsAsync<InvalidOperationException>(() => InsertAsync(context, Debtors, NewDebtor()));
            Assert.Equal(before, Count("debtor"));
        }

        await using var identity = await database.Database.OpenIdentityAsync(write: true, CancellationToken.None);
        await Assert.ThrowsAsync<InvalidOperationException>(() => identity.BulkInsertAsync(Debtors, [NewDebtor()]));
    }

    [Fact]
    public async Task A_child_cannot_hang_under_another_banks_parent()
    {
        var account = (byte[])database.Read($"SELECT id FROM base_account WHERE bank_id = {World.Harbour} LIMIT 1")[0]["id"]!;
        var entry = new Entry(Id.FromBytes(account), ids.New(), "opening", "principal", 1, "CNY", ids.New(), new DateOnly(2026, 3, 2), Now);
        var before = Count("ledger_entry");

        var refusal = await Assert.ThrowsAnyAsync<DbException>(() => InsertAsync(Summit, Entries, entry));

        Assert.Contains("FOREIGN KEY", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Count("ledger_entry"));
        await InsertAsync(Harbour, Entries, entry);
        Assert.Equal(before + 1, Count("ledger_entry"));
    }

    [Fact]
    public async Task It_opens_the_base_table_to_nothing_else()
    {
        await using var session = await database.Database.OpenAsync(Harbour, write: true, CancellationToken.None);
        await session.BulkInsertAsync(Debtors, [NewDebtor()]);
        await using (var lease = await database.Engine.OpenAsync(Door.Application, Harbour, Use.Read, CancellationToken.None))
        {
            ((DoorConnection)lease.Connection).Insert(Debtors, []);
            foreach (var text in new[] { Debtors.BaseText, "SELECT id FROM base_debtor", "DELETE FROM base_debtor", "UPDATE base_debtor SET time_zone = 'UTC'" })
            {
                await using var command = lease.Connection.CreateCommand();
                command.CommandText = text;
                await Assert.ThrowsAnyAsync<DbException>(() => command.PrepareAsync());
            }
        }

        // Nor does a failure leave it open.
        await Assert.ThrowsAnyAsync<DbException>(() => session.BulkInsertAsync(Debtors, [NewDebtor() with { TimeZone = null! }]));
        await session.BulkInsertAsync(Debtors, [NewDebtor()]);
        Assert.Throws<ArgumentException>(() => new Sql(Debtors.BaseText));
    }

    [Fact]
    public async Task What_is_not_committed_is_not_there()
    {
        var debtor = NewDebtor();
        await using (var session = await database.Database.OpenAsync(Harbour, write: true, CancellationToken.None))
        {
            await session.BulkInsertAsync(Debtors, [debtor]);
        }

        Assert.Empty(BanksOf(debtor));
    }

    [Fact]
    public void Its_tables_are_those_whose_trigger_asks_a_bank_for_no_more_than_its_number()
    {
        Assert.NotEmpty(BulkInsert.Tables);
        foreach (var table in BulkInsert.Tables)
        {
            var trigger = database.ReadNames($"SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = '{table}_insert'").Single();
            var words = trigger.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var body = string.Join(' ', words.SkipWhile(word => word != "BEGIN").Skip(1));

            // What an agency would be asked beside it is the view's business: it has no bulk path.
            Assert.Matches(
                $@"^SELECT RAISE\(ABORT, 'isolation: insert into {table} refused'\) WHERE \(+session_kind\(\) IN \('bank', 'system'\) AND NEW\.bank_id = session_tenant\(\)\)( OR \(session_kind\(\) = 'agency' AND .*\))?\)* IS NOT TRUE; INSERT INTO base_{table} \(",
                body);
            Assert.Equal(2, body.Count(c => c == ';'));
        }

        Assert.Throws<ArgumentException>(() => new BulkInsert<Debtor>("contact_record"));
        Assert.Throws<ArgumentException>(() => new BulkInsert<Debtor>("case"));
    }

    [Fact]
    public async Task It_leaves_the_same_row_as_the_view()
    {
        var debtor = NewDebtor();
        await InsertAsync(Harbour, Debtors, debtor);
        var (direct, viewed) = (NewPoint(debtor.Id), NewPoint(debtor.Id));
        await InsertAsync(Harbour, Points, direct);
        await using (var session = await database.OpenAsync(Harbour, write: true))
        {
            await session.ExecuteAsync(Points.Ordinary, new DynamicParameters(viewed));
            await session.CommitAsync();
        }

        Assert.Equal(StoredPoint(viewed.Id), StoredPoint(direct.Id));
        Assert.Contains("debtor", StoredPoint(direct.Id), StringComparison.Ordinal);
        Assert.Contains("unknown", StoredPoint(direct.Id), StringComparison.Ordinal);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private Debtor NewDebtor()
    {
        var id = ids.New();
        return new Debtor(id, $"bulk-{id}", [1, 2, 3], null, null, "Asia/Shanghai", Now);
    }

    private Point NewPoint(Id debtor) => new(ids.New(), debtor, "phone", [1, 2, 3], ids.New().ToBytes(), "unverified", "bank", Now);

    /// <summary>All of it but what tells one point from another.</summary>
    private string StoredPoint(Id id) => string.Join('|', database.Read($"SELECT * FROM base_contact_point WHERE id = X'{Convert.ToHexString(id.ToBytes())}'").Single()
        .Where(column => column.Key is not ("id" or "value_index" or "created_at")).Select(column => $"{column.Key} {Rule.Text(column.Value)}"));

    private async Task InsertAsync<TRow>(TenantContext? context, BulkInsert<TRow> insert, TRow row)
    {
        await using var session = await database.OpenAsync(context, write: true);
        await session.BulkInsertAsync(insert, [row]);
        await session.CommitAsync();
    }

    private long Count(string table) => (long)database.Read($"SELECT count(*) AS n FROM base_{table}")[0]["n"]!;

    private IEnumerable<long> BanksOf(Debtor debtor) =>
        database.Read($"SELECT bank_id FROM base_debtor WHERE id = X'{Convert.ToHexString(debtor.Id.ToBytes())}'").Select(row => (long)row["bank_id"]!);

    private sealed record Debtor(Id Id, string Reference, byte[] NameCipher, byte[]? IdNumberCipher, byte[]? IdNumberIndex, string TimeZone, DateTimeOffset CreatedAt);

    private sealed record Forged(long BankId, Id Id, string Reference, byte[] NameCipher, string TimeZone, DateTimeOffset CreatedAt);

    private sealed record Point(Id Id, Id DebtorId, string Kind, byte[] ValueCipher, byte[] ValueIndex, string Status, string Source, DateTimeOffset CreatedAt);

    private sealed record Entry(
        Id AccountId, Id Id, string Kind, string Bucket, long Amount, string Currency, Id CauseId, DateOnly EffectiveOn, DateTimeOffset CreatedAt);
}
