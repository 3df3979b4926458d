using System.Data.Common;
using Agency.Api.Data;
using Agency.Tests.Data;
using Dapper;

namespace Agency.Tests.Isolation;

/// <summary>The door itself: what no statement may reach, and what a connection may not carry to the next tenant.</summary>
public sealed class DoorTests : IDisposable
{
    private static readonly TenantContext Harbour = new(World.Harbour, TenantKind.Bank);
    private static readonly TenantContext Swift = new(World.Swift, TenantKind.Agency);
    private static readonly Sql Portfolios = new("SELECT id FROM portfolio");
    private static readonly Sql Cases = new("SELECT id FROM [case]");

    private readonly ScratchDatabase database = new();

    public DoorTests() => World.Seed(database);

    public void Dispose() => database.Dispose();

    [Theory]
    [InlineData("SELECT * FROM base_portfolio")]
    [InlineData("SELECT * FROM [BASE_portfolio]")]
    [InlineData("SELECT * FROM \"Base_Portfolio\"")]
    [InlineData("SELECT * FROM sqlite_schema")]
    [InlineData("SELECT * FROM sqlite_master")]
    [InlineData("SELECT * FROM pragma_table_info('portfolio')")]
    [InlineData("WITH portfolio AS (SELECT * FROM base_portfolio) SELECT * FROM portfolio")]
    public void A_statement_cannot_be_made_that_names_what_lies_beneath(string text) => Assert.Throws<ArgumentException>(() => new Sql(text));

    [Theory]
    [InlineData("PRAGMA foreign_keys = OFF")]
    [InlineData("PRAGMA writable_schema = ON")]
    [InlineData("PRAGMA table_list")]
    [InlineData("ATTACH DATABASE ':memory:' AS other")]
    [InlineData("DETACH DATABASE main")]
    [InlineData("CREATE TABLE secret (id INTEGER)")]
    [InlineData("CREATE TEMP TABLE secret (id INTEGER)")]
    [InlineData("CREATE TEMP TABLE secret AS SELECT * FROM portfolio")]
    [InlineData("CREATE TEMP VIEW portfolio AS SELECT 1 AS id")]
    [InlineData("CREATE TEMP TRIGGER leak INSTEAD OF INSERT ON portfolio BEGIN SELECT 1; END")]
    [InlineData("CREATE VIEW secret AS SELECT * FROM portfolio")]
    [InlineData("CREATE INDEX secret ON portfolio (id)")]
    [InlineData("DROP VIEW portfolio")]
    [InlineData("DROP TRIGGER portfolio_insert")]
    [InlineData("ALTER TABLE portfolio RENAME TO mine")]
    [InlineData("VACUUM INTO '/tmp/agency-stolen.db'")]
    [InlineData("VACUUM main")]
    [InlineData("REINDEX main.ix_account_debtor")]
    [InlineData("ANALYZE main")]
    [InlineData("SAVEPOINT mine")]
    [InlineData("SELECT load_extension('x')")]
    [InlineData("SELECT * FROM schema_migration")]
    [InlineData("SELECT * FROM SCHEMA_MIGRATION")]
    [InlineData("WITH x AS (SELECT * FROM schema_migration) SELECT * FROM x")]
    [InlineData("SELECT * FROM main.schema_migration")]
    [InlineData("DELETE FROM schema_migration")]
    [InlineData("SELECT * FROM dbstat")]
    public async Task The_application_is_refused(string text)
    {
        var before = Catalogue();
        foreach (var (_, who) in World.Callers)
        {
            await Assert.ThrowsAnyAsync<DbException>(() => RunAsync(who, new Sql(text)));
        }

        Assert.Equal(before, Catalogue());
        Assert.NotEmpty(await RunAsync(Harbour, Portfolios));
    }

    [Fact]
    public async Task Tables_of_sign_in_are_out_of_the_applications_reach_and_the_business_out_of_sign_ins()
    {
        var tables = database.ReadNames("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'auth!_%' ESCAPE '!'");
        if (tables.Count == 0)
        {
            database.Execute("CREATE TABLE auth_probe (id INTEGER)");
            tables = ["auth_probe"];
        }

        foreach (var table in tables)
        {
            foreach (var (_, who) in World.Callers.Where(c => c.Context?.Kind != TenantKind.Operator))
            {
                await Assert.ThrowsAnyAsync<DbException>(() => RunAsync(who, new Sql($"SELECT * FROM {table}")));
                await Assert.ThrowsAnyAsync<DbException>(() => RunAsync(who, new Sql($"WITH portfolio AS (SELECT * FROM {table}) SELECT * FROM portfolio")));
                await Assert.ThrowsAnyAsync<DbException>(() => RunAsync(who, new Sql($"DELETE FROM {table}")));
            }

            await using var identity = await database.Database.OpenIdentityAsync(write: false, TestContext.Current.CancellationToken);
            await identity.ListAsync<dynamic>(new Sql($"SELECT * FROM {table}"), cancellation: TestContext.Current.CancellationToken);
        }

        foreach (var rules in Tables.All)
        {
            await using var identity = await database.Database.OpenIdentityAsync(write: true, TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<DbException>(() => identity.ListAsync<dynamic>(new Sql($"SELECT * FROM [{rules.Table}]"), cancellation: TestContext.Current.CancellationToken));
            await Assert.ThrowsAnyAsync<DbException>(() => identity.ExecuteAsync(new Sql($"DELETE FROM [{rules.Table}]"), cancellation: TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_pooled_connection_carries_nothing_to_whoever_comes_next()
    {
        for (var turn = 0; turn < 200; turn++)
        {
            Assert.Equal(15, (await RunAsync(Harbour, Portfolios)).Count);
            Assert.Empty(await RunAsync(null, Portfolios));
            Assert.Equal(3, (await RunAsync(Swift, Cases)).Count);
            Assert.Empty(await RunAsync(null, Cases));
            Assert.Empty(await RunAsync(Swift, Portfolios));
            await using var identity = await database.Database.OpenIdentityAsync(write: false, TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<DbException>(() => identity.ListAsync<dynamic>(Portfolios, cancellation: TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Many_at_once_each_see_their_own()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (turn, cancellation) =>
        {
            var (who, portfolios, cases) = (turn % 4) switch { 0 => (Harbour, 15, 15), 1 => (Swift, 0, 3), 2 => (null, 0, 0), _ => (new TenantContext(World.Summit, TenantKind.Bank), 3, 3) };
            Assert.Equal(portfolios, (await RunAsync(who, Portfolios)).Count);
            Assert.Equal(cases, (await RunAsync(who, Cases)).Count);
        });
    }

    [Fact]
    public async Task A_child_cannot_hang_under_another_tenants_parent()
    {
        // Summit's own row by every rule, but for a parent that is harbour's: the key refuses what the rules do not look at.
        var foreign = WorldRows.Of("portfolio", World.Relations[0], 1)["id"];
        var import = WorldRows.Of("import", World.Relations.First(r => r.Name == "other"), 4).With("portfolio_id", foreign);
        var before = Imports();

        var refusal = await Assert.ThrowsAnyAsync<DbException>(() => InsertAsync(import));
        Assert.Contains("FOREIGN KEY", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Imports());

        await InsertAsync(WorldRows.Of("import", World.Relations.First(r => r.Name == "other"), 4));
        Assert.Equal("19", Imports());

        string Imports() => database.ReadNames("SELECT count(*) FROM base_import").Single();

        async Task InsertAsync(Row row)
        {
            await using var session = await database.OpenAsync(new TenantContext(World.Summit, TenantKind.Bank), write: true);
            await session.ExecuteAsync(new Sql(World.InsertText("import", row)), new DynamicParameters(row));
            await session.CommitAsync();
        }
    }

    private string Catalogue() => string.Join('\n', database.ReadNames("SELECT sql FROM sqlite_schema ORDER BY name")) + database.ReadNames("PRAGMA schema_version").Single();

    private async Task<IReadOnlyList<dynamic>> RunAsync(TenantContext? who, Sql sql)
    {
        await using var session = await database.OpenAsync(who);
        return await session.ListAsync<dynamic>(sql);
    }
}
