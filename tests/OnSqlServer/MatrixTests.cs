using System.Data.Common;
using Agency.Api.Data;
using Agency.Tests.Isolation;
using Agency.Tests.Support;
using Microsoft.Data.SqlClient;

namespace Agency.Tests.OnSqlServer;

/// <summary>The rows of the world on a SQL Server, asked for and added by every caller under the service's own login: the policies decide as the rules do.</summary>
public sealed class MatrixTests
{
    // What a row may not be by a rule, and what a login may not do to a table at all.
    private static readonly HashSet<int> Refusals = [33504, 229, 230];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Skip = SqlServerPlace.NotThere, SkipType = typeof(SqlServerPlace), SkipUnless = nameof(SqlServerPlace.IsThere))]
    public async Task Every_caller_sees_and_adds_what_the_rules_say_and_nothing_else()
    {
        using var place = SqlServerPlace.Create();
        await SeedAsync(place);
        using var engine = new SqlServerEngine(place.Application, place.Identity, place.Operator);
        var database = new Agency.Api.Data.Database(engine);
        List<string> violations = [];
        foreach (var (name, who) in World.Callers.Where(caller => caller.Context is not null))
        {
            foreach (var rules in Tables.All)
            {
                violations.AddRange(await ReadAsync(database, name, who!, rules));
                violations.AddRange(await AddAsync(database, name, who!, rules));
            }
        }

        Assert.Empty(violations);
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(Agency.Api.Data.Database database, string name, TenantContext who, TableRules rules)
    {
        var expected = Seeded(rules.Table).Count(row => rules.Read.Allows(World.Facts, who, row));
        try
        {
            await using var session = await database.OpenAsync(who, write: false, Stop);
            var seen = await session.FindAsync<int>(new Sql($"SELECT COUNT(*) FROM [{rules.Table}]"), cancellation: Stop);
            return seen == expected ? [] : [$"{name} sees {seen} rows of {rules.Table}, and should see {expected}"];
        }
        catch (SqlException refused) when (Refusals.Contains(refused.Number))
        {
            return expected == 0 || who.Kind == TenantKind.Operator ? [] : [$"{name} may not read {rules.Table}: {refused.Message}"];
        }
    }

    private static async Task<IReadOnlyList<string>> AddAsync(Agency.Api.Data.Database database, string name, TenantContext who, TableRules rules)
    {
        List<string> violations = [];
        foreach (var (what, row) in World.Candidates(rules.Table))
        {
            var (expected, known) = (rules.Insert.Allows(World.Facts, who, row), WithoutNulls(row));
            try
            {
                // Never committed: each is tried on the same world.
                await using var session = await database.OpenAsync(who, write: true, Stop);
                await session.ExecuteAsync(new Sql(World.InsertText(rules.Table, known)), known.ToDictionary(column => column.Key, column => column.Value), Stop);
                if (!expected)
                {
                    violations.Add($"{name} added {what}");
                }
            }
            catch (DbException refused)
            {
                if (expected || refused is not SqlException { Number: var number } || !Refusals.Contains(number))
                {
                    violations.Add($"{name} could not add {what}, or not for its rule: {refused.Message}");
                }
            }
            catch (RowRefusedException) when (!expected)
            {
                // As it should be.
            }
        }

        return violations;
    }

    private static IEnumerable<Row> Seeded(string table) => table == "tenant"
        ? Tenants().Select(tenant => tenant.With("tenant_id", tenant["tenant_id"]))
        : from relation in World.Relations from number in Enumerable.Range(1, World.SeededOf(table)) select WorldRows.Of(table, relation, number);

    private static IEnumerable<Row> Tenants()
    {
        (int Number, string Code)[] all =
        [
            (World.Operator, "operator"), (World.Harbour, "harbour"), (World.Summit, "summit"), (World.Swift, "swift"), (World.Lantern, "lantern"), (World.Ember, "ember"), (World.Beacon, "beacon"),
            (World.Osprey, "osprey"), (World.Heron, "heron"),
        ];
        return all.Select(tenant => Row.From(WorldRows.Tenant(tenant.Code, tenant.Number switch { World.Operator => "operator", World.Harbour or World.Summit => "bank", _ => "agency" })).With("tenant_id", tenant.Number));
    }

    // By the owner with the policies off, as a migration would.
    private static async Task SeedAsync(SqlServerPlace place)
    {
#pragma warning disable RS0030
        await using var connection = new SqlConnection(place.Owner);
#pragma warning restore RS0030
        await connection.OpenAsync(Stop);
        await SwitchAsync(connection, "OFF");
        await RunAsync(connection, "SET IDENTITY_INSERT tenant ON");
        foreach (var tenant in Tenants())
        {
            await InsertAsync(connection, "tenant", tenant);
        }

        await RunAsync(connection, "SET IDENTITY_INSERT tenant OFF");
        foreach (var (table, _, _) in World.Seeded)
        {
            foreach (var row in Seeded(table))
            {
                await InsertAsync(connection, table, row);
            }
        }

        await SwitchAsync(connection, "ON");
    }

    private static Task SwitchAsync(SqlConnection connection, string state) => RunAsync(connection, $"""
        DECLARE @text nvarchar(max) = N'';
        SELECT @text += CONCAT(N'ALTER SECURITY POLICY ', QUOTENAME(SCHEMA_NAME(schema_id)), N'.', QUOTENAME(name), N' WITH (STATE = {state}); ') FROM sys.security_policies;
        EXEC sys.sp_executesql @text;
        """);

    private static async Task InsertAsync(SqlConnection connection, string table, Row row)
    {
        var known = WithoutNulls(row);
        await using var command = new SqlCommand(World.InsertText(table, known), connection);
        foreach (var (column, value) in known)
        {
            command.Parameters.AddWithValue("@" + column, value);
        }

        await command.ExecuteNonQueryAsync(Stop);
    }

    private static async Task RunAsync(SqlConnection connection, string text)
    {
        await using var command = new SqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    // A null without a type is text to the server, and no column of bytes takes that.
    private static Row WithoutNulls(Row row) => new(row.Where(column => column.Value is not null));
}
