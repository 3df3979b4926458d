using System.Data.Common;
using Agency.Api.Data;
using Agency.Db;
using Agency.Tests.Data;
using Agency.Tests.Isolation;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Db;

/// <summary>
/// A database that was worked in before the work of both sides came: everything in it is kept and completed, or nothing is changed.
/// </summary>
public sealed class UpgradeTests : IDisposable
{
    private const string Upgrade = "0005_work_of_both_sides";

    private static readonly IReadOnlyList<Migration> All = Migration.All("sqlite");

    private readonly string folder = Directory.CreateTempSubdirectory("agency-upgrade-").FullName;

    private string DataFile => Path.Combine(folder, "agency.db");

    private string Connection => $"Data Source={DataFile};Pooling=False";

    public UpgradeTests()
    {
        new Migrator("sqlite", Connection, [.. All.TakeWhile(m => m.Name != Upgrade)]).Migrate();
        using var plain = ScratchDatabase.OpenPlain(DataFile);
        foreach (var (number, code, kind) in Tenants)
        {
            Insert(plain, "tenant", Row.From(WorldRows.Tenant(code, kind)).With("tenant_id", number));
        }

        foreach (var (table, count, _) in World.Seeded.Where(s => ColumnsOf(plain, s.Table).Count > 0))
        {
            foreach (var row in from relation in World.Relations from number in Enumerable.Range(1, count) select WorldRows.Of(table, relation, number))
            {
                // An agency could find no contact point then.
                if (row.GetValueOrDefault("source") is not "agency")
                {
                    Insert(plain, table, row);
                }
            }
        }

        Assert.Empty(Read(plain, "PRAGMA foreign_key_check"));
    }

    private static IEnumerable<(int Number, string Code, string Kind)> Tenants =>
        Enumerable.Range(World.Operator, World.Heron).Select(n => (n, $"tenant-{n}", n switch { World.Operator => "operator", World.Harbour or World.Summit => "bank", _ => "agency" }));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_row_is_kept()
    {
        Dictionary<string, List<string>> before;
        Dictionary<string, List<string>> columns;
        using (var plain = ScratchDatabase.OpenPlain(DataFile))
        {
            columns = TablesOf(plain).ToDictionary(table => table, table => ColumnsOf(plain, table), StringComparer.Ordinal);
            before = columns.ToDictionary(table => table.Key, table => Rows(plain, table.Key, table.Value), StringComparer.Ordinal);
        }

        Assert.Contains(Upgrade, new Migrator("sqlite", Connection).Migrate());

        using var after = ScratchDatabase.OpenPlain(DataFile);
        Assert.True(before.Count > 15 && before.Values.Sum(rows => rows.Count) > 200);
        Assert.All(before, table => Assert.Equal(table.Value, Rows(after, table.Key, columns[table.Key]), StringComparer.Ordinal));
        Assert.Empty(Read(after, "PRAGMA foreign_key_check"));
        Assert.Equal(["ok"], Read(after, "PRAGMA integrity_check"));
    }

    [Fact]
    public void What_is_new_is_completed_from_what_stood()
    {
        new Migrator("sqlite", Connection).Migrate();

        using var plain = ScratchDatabase.OpenPlain(DataFile);
        string One(string query) => Assert.Single(Read(plain, query));

        // Agreements have their first version, and assignments run under it.
        Assert.Equal(One("SELECT count(*) FROM base_agreement"), One("SELECT count(*) FROM base_agreement_version v INNER JOIN base_agreement a ON a.bank_id = v.bank_id AND a.id = v.agreement_id AND a.agency_id = v.agency_id AND a.title = v.title AND a.valid_from = v.valid_from WHERE v.version = 1"));
        Assert.Equal("0", One("SELECT count(*) FROM base_assignment WHERE agreement_version <> 1 OR placing <> 0 OR ended_at IS NOT NULL"));

        // Cases can be sorted: what is owed, and when the debtor was last spoken to.
        Assert.Equal(One("SELECT count(*) FROM base_case"), One("""
            SELECT count(*)
            FROM base_case_order o
            INNER JOIN base_case c ON c.bank_id = o.bank_id AND c.id = o.case_id AND c.agency_id = o.agency_id AND c.account_id = o.account_id
            INNER JOIN base_account a ON a.bank_id = c.bank_id AND a.id = c.account_id
            WHERE o.balance = a.principal + a.interest + a.fees AND o.oldest_due_date = a.oldest_due_date AND o.is_open = (c.ended_at IS NULL) AND o.next_promise_on = '9999-12-31'
                AND o.last_contact_at = coalesce((SELECT max(r.occurred_at) FROM base_contact_record r WHERE r.bank_id = c.bank_id AND r.case_id = c.id), '0001-01-01 00:00:00.000')
            """));
        Assert.NotEqual("0", One("SELECT count(*) FROM base_case_order WHERE last_contact_at > '2000'"));
        Assert.NotEqual("0", One("SELECT count(*) FROM base_case_order WHERE last_contact_at < '2000'"));

        // Contacts count for the debtor they were with.
        Assert.Equal("0", One("SELECT count(*) FROM base_contact_record r INNER JOIN base_case c ON c.bank_id = r.bank_id AND c.id = r.case_id WHERE r.debtor_id IS NOT c.debtor_id"));

        // Whoever follows along finds everything once, in the order it happened a kind.
        foreach (var (table, type) in new[] { ("case", "case.opened"), ("contact_record", "contact_record.reported"), ("repayment", "repayment.reported"), ("settlement_proposal", "settlement_proposal.submitted") })
        {
            Assert.Equal(One($"SELECT count(*) FROM base_{table}"), One($"SELECT count(DISTINCT e.subject_id) FROM base_event e INNER JOIN base_{table} t ON t.bank_id = e.bank_id AND t.id = e.subject_id AND t.agency_id = e.agency_id WHERE e.type = '{type}' AND e.subject = '{table}'"));
        }

        // An opening balance is no movement; what an agency can see now it is told of.
        Assert.Equal(One("SELECT count(*) FROM base_ledger_entry WHERE kind <> 'opening'"), One("SELECT count(*) FROM base_event WHERE subject = 'ledger_entry'"));
        Assert.Equal("0", One("SELECT count(*) FROM base_event e LEFT JOIN base_case c ON c.bank_id = e.bank_id AND c.account_id = e.account_id AND c.ended_at IS NULL WHERE e.subject = 'ledger_entry' AND e.agency_id IS NOT c.agency_id"));

        Assert.Equal("0", One("SELECT count(*) FROM base_event a INNER JOIN base_event b ON a.type = b.type AND a.position < b.position AND a.occurred_at > b.occurred_at"));
    }

    [Fact]
    public void What_was_approved_binds_as_a_plan_and_what_was_completed_stays_so()
    {
        using (var before = ScratchDatabase.OpenPlain(DataFile))
        {
            Assert.Equal(1, before.Execute("""
                INSERT INTO base_settlement_proposal_decision (bank_id, settlement_proposal_id, decision, agency_id, decided_at)
                SELECT bank_id, settlement_proposal_id, 'completed', agency_id, '2026-03-09 09:00:00.000' FROM base_settlement_proposal_decision WHERE decision = 'approved' LIMIT 1
                """));
        }

        new Migrator("sqlite", Connection).Migrate();

        using var plain = ScratchDatabase.OpenPlain(DataFile);
        string One(string query) => Assert.Single(Read(plain, query));
        Assert.NotEqual("0", One("SELECT count(*) FROM base_settlement_proposal_decision WHERE decision = 'approved'"));
        Assert.Equal(One("SELECT count(*) FROM base_settlement_proposal_decision WHERE decision = 'approved'"), One("""
            SELECT count(*)
            FROM base_repayment_plan l
            INNER JOIN base_settlement_proposal p ON p.bank_id = l.bank_id AND p.id = l.settlement_proposal_id AND p.case_id = l.case_id AND p.account_id = l.account_id
            WHERE l.amount = p.amount AND l.pay_by = p.pay_by AND p.agree_by = p.pay_by AND l.counts_from = date(p.submitted_at, '-12 hours')
                AND ((l.state = 'approved' AND l.look_on < '2000') OR (l.state = 'completed' AND l.paid = l.amount AND l.waived_on = '2026-03-08' AND l.ended_at = '2026-03-09 09:00:00.000'))
            """));
        Assert.Equal("1", One("SELECT count(*) FROM base_repayment_plan WHERE state = 'completed'"));
        Assert.Equal("0", One("SELECT count(*) FROM base_settlement_proposal_decision WHERE decision = 'completed'"));
    }

    [Fact]
    public async Task Foreign_keys_and_rules_hold_for_the_application_afterwards()
    {
        new Migrator("sqlite", Connection).Migrate();
        using var engine = new SqliteEngine(Connection);
        Assert.Empty(await engine.FindIsolationFaultsAsync(TestContext.Current.CancellationToken));
        var own = World.Related("own");

        // Tables that were made anew are still parents, and children.
        Assert.Contains("FOREIGN KEY", await RefusalAsync("contact_record", WorldRows.Of("contact_record", own, 7).With("account_id", WorldRows.Of("account", own, 3)["id"]), World.Swift, TenantKind.Agency), StringComparison.Ordinal);
        Assert.Contains("FOREIGN KEY", await RefusalAsync("contact_point", WorldRows.Of("contact_point", own, 7).With("debtor_id", new byte[16]), World.Harbour, TenantKind.Bank), StringComparison.Ordinal);
        Assert.Contains("FOREIGN KEY", await RefusalAsync("case", WorldRows.Of("case", own, 4).With("assignment_id", new byte[16]), World.Harbour, TenantKind.System), StringComparison.Ordinal);

        // A correction is of a record of the same agency in the same case.
        var corrected = WorldRows.Of("contact_record", World.Related("rival"), 1)["id"];
        Assert.Contains("FOREIGN KEY", await RefusalAsync("contact_record", WorldRows.Of("contact_record", own, 7).With("supersedes_id", corrected), World.Swift, TenantKind.Agency), StringComparison.Ordinal);
        Assert.Contains("isolation:", await RefusalAsync("contact_record", WorldRows.Of("contact_record", own, 7), World.Beacon, TenantKind.Agency), StringComparison.Ordinal);
        Assert.Null(await RefusalAsync("contact_record", WorldRows.Of("contact_record", own, 7), World.Swift, TenantKind.Agency));
        Assert.Null(await RefusalAsync("contact_point", WorldRows.Of("contact_point", own, 7), World.Harbour, TenantKind.Bank));
        Assert.Null(await RefusalAsync("case", WorldRows.Of("case", own, 4), World.Harbour, TenantKind.System));

        async Task<string?> RefusalAsync(string table, Row row, int tenant, TenantKind kind)
        {
            try
            {
                await using var session = await new Database(engine).OpenAsync(new TenantContext(tenant, kind), write: true, TestContext.Current.CancellationToken);
                await session.ExecuteAsync(new Sql(World.InsertText(table, row)), new DynamicParameters(row));
                await session.CommitAsync();
                return null;
            }
            catch (DbException exception)
            {
                return exception.Message;
            }
        }
    }

    [Theory]
    [InlineData("PRAGMA legacy_alter_table = OFF;", "DELETE FROM base_account;\nPRAGMA legacy_alter_table = OFF;", "ck_orphan")]
    [InlineData("FROM old_contact_point;", "FROM old_contact_point;\nUPDATE base_case SET debtor_id = X'00';", "ck_orphan")]
    [InlineData("DROP TABLE orphan;", "DROP TABLE orphan;\nINSERT INTO nowhere VALUES (1);", "nowhere")]
    [InlineData("DROP TABLE old_case;", "DROP TABLE old_case;\nINSERT INTO nowhere VALUES (1);", "nowhere")]
    public void One_that_would_orphan_rows_or_fails_anywhere_leaves_the_database_as_it_was(string text, string broken, string reason)
    {
        var before = Everything();
        var migrations = All.Select(m => m.Name == Upgrade ? m with { Text = Replaced(m.Text, text, broken) } : m).ToList();

        var failure = Assert.Throws<MigrationException>(() => new Migrator("sqlite", Connection, migrations).Migrate());

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, Everything());
        Assert.Contains(Upgrade, new Migrator("sqlite", Connection).Migrate());
    }

    [Fact]
    public void Rows_that_were_orphans_before_are_not_carried_over()
    {
        using (var plain = ScratchDatabase.OpenPlain(DataFile))
        {
            Execute(plain, $"DELETE FROM base_debtor WHERE bank_id = {World.Summit}");
        }

        var before = Everything();
        Assert.Contains("ck_orphan", Assert.Throws<MigrationException>(() => new Migrator("sqlite", Connection).Migrate()).Message, StringComparison.Ordinal);
        Assert.Equal(before, Everything());
    }

    private static string Replaced(string migration, string text, string other)
    {
        migration = migration.ReplaceLineEndings("\n");
        Assert.Contains(text, migration, StringComparison.Ordinal);
        return migration.Replace(text, other, StringComparison.Ordinal);
    }

    /// <summary>The whole database: its schema, the journal, and every row of every table.</summary>
    private string Everything()
    {
        using var plain = ScratchDatabase.OpenPlain(DataFile);
        return string.Join('\n', Read(plain, "SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
            .Concat(Read(plain, "SELECT ScriptName FROM schema_migration ORDER BY 1"))
            .Concat(TablesOf(plain).SelectMany(table => Rows(plain, table, ColumnsOf(plain, table)))));
    }

    private static List<string> TablesOf(SqliteConnection plain) => Read(plain, "SELECT substr(name, 6) FROM sqlite_schema WHERE type = 'table' AND name LIKE 'base!_%' ESCAPE '!' ORDER BY name");

    private static List<string> ColumnsOf(SqliteConnection plain, string table) => Read(plain, $"SELECT name FROM pragma_table_info('base_{table}') ORDER BY cid");

    private static List<string> Rows(SqliteConnection plain, string table, List<string> columns) =>
        Read(plain, $"SELECT '{table}: ' || {string.Join(" || '|' || ", columns.Select(column => $"quote({column})"))} AS line FROM base_{table} ORDER BY line");

    private static void Insert(SqliteConnection plain, string table, Row row)
    {
        var columns = ColumnsOf(plain, table);
        var known = new Row(row.Where(column => columns.Contains(column.Key, StringComparer.Ordinal)));
        using var command = plain.CreateCommand();
        command.CommandText = World.InsertText("base_" + table, known);
        foreach (var (column, value) in known)
        {
            command.Parameters.AddWithValue("@" + column, value ?? DBNull.Value);
        }

        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private static void Execute(SqliteConnection plain, string text)
    {
        using var command = plain.CreateCommand();
        command.CommandText = text;
        Assert.True(command.ExecuteNonQuery() > 0);
    }

    private static List<string> Read(SqliteConnection plain, string text)
    {
        using var command = plain.CreateCommand();
        command.CommandText = text;
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(reader.IsDBNull(0) ? "∅" : reader.GetString(0));
        }

        return lines;
    }
}
