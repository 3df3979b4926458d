
namespace Agency.Tests.Data;

/// <summary>The two engines' schemas say the same: tables, columns, keys, checks and indexes, by the same names.</summary>
public sealed class TwinSchemaTests
{
    [Fact]
    public void The_schemas_of_both_engines_are_twins()
    {
        using var database = new ScratchDatabase();
        var lines = SchemaLines.OfSqlServer(SqlServerText.Migrations);

        Assert.Empty(Differences(lines, SchemaLines.OfSqlite(database)));
        Assert.True(lines.Count > 200, $"{lines.Count} lines: the reader went blind.");
        Assert.DoesNotContain(lines, line => line.Contains("without a name", StringComparison.Ordinal) || line.Contains(" says ", StringComparison.Ordinal) || line.Contains("unsaid", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_child_carries_the_tenant_of_its_parent_in_its_key() => Assert.Empty(SchemaLines.KeysWithoutTenant(SqlServerText.Migrations));

    [Theory]
    [InlineData("    currency char(3) NOT NULL,\n", "    currency char(3) NULL,\n")]
    [InlineData("    bytes bigint NOT NULL,\n", "    bytes varchar(20) NOT NULL,\n")]
    [InlineData("    bytes bigint NOT NULL,\n", "")]
    [InlineData("CHECK (format IN ('csv', 'ndjson'))", "CHECK (format IN ('csv', 'ndjson', 'xlsx'))")]
    [InlineData("UNIQUE (bank_id, reference)", "UNIQUE (reference, bank_id)")]
    [InlineData("CONSTRAINT uq_debtor_reference", "CONSTRAINT uq_debtor_ref")]
    [InlineData("FOREIGN KEY (bank_id, debtor_id) REFERENCES debtor (bank_id, id)", "FOREIGN KEY (bank_id, debtor_id) REFERENCES debtor (bank_id, id) ON DELETE CASCADE")]
    [InlineData("CREATE UNIQUE INDEX uq_case_open_account", "CREATE INDEX uq_case_open_account")]
    [InlineData("[case] (bank_id, account_id) WHERE ended_at IS NULL", "[case] (bank_id, account_id)")]
    [InlineData("CREATE INDEX ix_case_agency ON [case] (agency_id, id);", "")]
    [InlineData("PRIMARY KEY CLUSTERED (bank_id, import_id, line, position)", "PRIMARY KEY CLUSTERED (bank_id, import_id, line)")]
    public void A_difference_between_the_engines_is_noticed(string text, string other)
    {
        using var database = new ScratchDatabase();
        var migrations = SqlServerText.Migrations.ReplaceLineEndings("\n");
        Assert.Contains(text, migrations, StringComparison.Ordinal);
        var at = migrations.IndexOf(text, StringComparison.Ordinal);

        Assert.NotEmpty(Differences(SchemaLines.OfSqlServer(migrations.Remove(at, text.Length).Insert(at, other)), SchemaLines.OfSqlite(database)));
    }

    [Fact]
    public void A_key_without_its_tenant_is_noticed() => Assert.NotEmpty(SchemaLines.KeysWithoutTenant(SqlServerText.Migrations.Replace(
        "FOREIGN KEY (bank_id, import_id) REFERENCES import (bank_id, id)", "FOREIGN KEY (import_id) REFERENCES import (id)", StringComparison.Ordinal)));

    private static IEnumerable<string> Differences(IReadOnlyList<string> sqlServer, IReadOnlyList<string> sqlite) =>
    [
        .. sqlServer.Except(sqlite, StringComparer.Ordinal).Select(line => "SQL Server alone: " + line),
        .. sqlite.Except(sqlServer, StringComparer.Ordinal).Select(line => "SQLite alone: " + line),
    ];
}
