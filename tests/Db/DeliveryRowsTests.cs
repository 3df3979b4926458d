using Agency.Api.Data;
using Agency.Api.Webhooks;
using Agency.Db;
using Agency.Tests.Data;
using Agency.Tests.Isolation;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Db;

/// <summary>A database whose subscriptions remembered how far they had got: what was queued is kept, what was not yet is queued.</summary>
public sealed class DeliveryRowsTests : IDisposable
{
    private const string Upgrade = "0007_delivery_rows";
    private const string Kept = "hex(tenant_id) || hex(id) || hex(subscription_id) || hex(message_id) || type || hex(order_key) || state || attempts || next_attempt_at || coalesce(leased_until, '') || created_at || coalesce(finished_at, '')";

    private readonly string folder = Directory.CreateTempSubdirectory("agency-upgrade-").FullName;
    private readonly SqliteConnection plain;

    public DeliveryRowsTests()
    {
        new Migrator("sqlite", Connection, [.. Migration.All("sqlite").TakeWhile(m => m.Name != Upgrade)]).Migrate();
        plain = ScratchDatabase.OpenPlain(Path.Combine(folder, "agency.db"));
        foreach (var number in Enumerable.Range(World.Operator, World.Heron))
        {
            Insert("tenant", Row.From(WorldRows.Tenant($"tenant-{number}", number switch { World.Operator => "operator", World.Harbour or World.Summit => "bank", _ => "agency" })).With("tenant_id", number));
        }

        // Later migrations bring tables of their own.
        foreach (var (table, count, _) in World.Seeded.Where(seeded => Read($"SELECT name FROM pragma_table_info('base_{seeded.Table}')").Count > 0))
        {
            foreach (var row in from relation in World.Relations from number in Enumerable.Range(1, count) select WorldRows.Of(table, relation, number))
            {
                Insert(table, table switch
                {
                    // One has got half through, another has seen everything.
                    "webhook_subscription" => row.With("passed", Equals(row["tenant_id"], World.Summit) ? 1_000 : 10),
                    "webhook_delivery" => row.With("body", "{}"),
                    _ => row,
                });
            }
        }

        // A delivery of an event, beside those of test messages.
        Run($"UPDATE base_webhook_delivery SET (message_id, type) = (SELECT id, type FROM base_event WHERE position = 3) WHERE tenant_id = {World.Swift}");
        Assert.Empty(Read("PRAGMA foreign_key_check"));
    }

    // Not on to what came later.
    private IReadOnlyList<string> MigrateTo(string name) =>
        new Migrator("sqlite", Connection, [.. Migration.All("sqlite").Where(m => string.CompareOrdinal(m.Name, name) <= 0)]).Migrate();

    private string Connection => $"Data Source={Path.Combine(folder, "agency.db")};Pooling=False";

    public void Dispose()
    {
        plain.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void What_was_queued_is_kept_and_knows_the_place_of_its_event()
    {
        var before = Read($"SELECT {Kept} FROM base_webhook_delivery ORDER BY 1");
        var attempts = Read("SELECT hex(delivery_id) || number FROM base_webhook_attempt ORDER BY 1");
        var subscriptions = Read("SELECT hex(id) || url || types || hex(secret_cipher) || state || created_at FROM base_webhook_subscription ORDER BY 1");

        Assert.Equal([Upgrade], MigrateTo(Upgrade));

        Assert.True(before.Count > 10);
        Assert.Empty(before.Except(Read($"SELECT {Kept} FROM base_webhook_delivery"), StringComparer.Ordinal));
        Assert.Equal(attempts, Read("SELECT hex(delivery_id) || number FROM base_webhook_attempt ORDER BY 1"));
        Assert.Equal(subscriptions, Read("SELECT hex(id) || url || types || hex(secret_cipher) || state || created_at FROM base_webhook_subscription ORDER BY 1"));
        Assert.Equal("3", Assert.Single(Read($"SELECT DISTINCT position FROM base_webhook_delivery WHERE tenant_id = {World.Swift} AND message_id = (SELECT id FROM base_event WHERE position = 3) AND attempts = 0 AND order_key = X'{Hex(WorldRows.Of("case", World.Related("own"), 1)["id"])}'")));
        Assert.Equal(before.Count - 1, Read("SELECT id FROM base_webhook_delivery WHERE position = 0").Count);
    }

    [Fact]
    public void What_had_happened_since_is_queued_once_for_whoever_wants_it()
    {
        var expected = new List<string>();
        foreach (var subscription in Read("SELECT tenant_id || '|' || hex(id) || '|' || types || '|' || passed FROM base_webhook_subscription WHERE state <> 'removed'").Select(line => line.Split('|')))
        {
            expected.AddRange(Read($"SELECT hex(id) || '|' || type || '|' || position FROM base_event WHERE {subscription[0]} IN (bank_id, agency_id) AND position > {subscription[3]}").Select(line => line.Split('|'))
                .Where(happened => Replay.Wants(subscription[2].Split(' '), happened[1])).Select(happened => $"{subscription[0]}|{subscription[1]}|{happened[0]}|{happened[2]}"));
        }

        var before = Read("SELECT hex(id) FROM base_webhook_delivery").ToHashSet(StringComparer.Ordinal);
        new Migrator("sqlite", Connection).Migrate();

        var rows = Read("SELECT hex(id) || '|' || tenant_id || '|' || hex(subscription_id) || '|' || hex(message_id) || '|' || position FROM base_webhook_delivery WHERE state = 'pending' AND attempts = 0")
            .Where(line => !before.Contains(line[..32])).Select(line => line[33..]);
        Assert.True(expected.Count > 20, $"{expected.Count}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        Assert.DoesNotContain("passed", Read("SELECT name FROM pragma_table_info('base_webhook_subscription')"));
    }

    [Fact]
    public async Task Everything_hangs_together_afterwards()
    {
        new Migrator("sqlite", Connection).Migrate();
        using var engine = new SqliteEngine(Connection);
        Assert.Empty(await engine.FindIsolationFaultsAsync(TestContext.Current.CancellationToken));
        Assert.Empty(Read("PRAGMA foreign_key_check"));
        Assert.Equal(["ok"], Read("PRAGMA integrity_check"));
        Assert.Empty(Read("SELECT name FROM sqlite_schema WHERE name LIKE 'old!_%' ESCAPE '!' OR sql LIKE '%old!_webhook%' ESCAPE '!'"));
    }

    private static string Hex(object? bytes) => Convert.ToHexString((byte[])bytes!);

    private void Insert(string table, Row row)
    {
        var columns = Read($"SELECT name FROM pragma_table_info('base_{table}')");
        var known = new Row(row.Where(column => columns.Contains(column.Key, StringComparer.Ordinal)));
        using var command = plain.CreateCommand();
        command.CommandText = World.InsertText("base_" + table, known);
        foreach (var (column, value) in known)
        {
            command.Parameters.AddWithValue("@" + column, value ?? DBNull.Value);
        }

        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private void Run(string text)
    {
        using var command = plain.CreateCommand();
        command.CommandText = text;
        Assert.True(command.ExecuteNonQuery() > 0);
    }

    private List<string> Read(string text)
    {
        using var command = plain.CreateCommand();
        command.CommandText = text;
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(reader.IsDBNull(0) ? "" : reader.GetString(0));
        }

        return lines;
    }
}
