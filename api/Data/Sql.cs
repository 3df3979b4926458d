using System.Text.RegularExpressions;

namespace Agency.Api.Data;

/// <summary>
/// A statement as a value: the T-SQL text and the SQLite text. Statements live in static fields beside the verb that runs
/// them, where the tests find and check every one. The door to the database takes nothing else, so a string built at run
/// time cannot reach it.
/// </summary>
/// <remarks>
/// The SQLite text is derived where the two differ by rule alone: <c>SELECT TOP (@take)</c> becomes <c>LIMIT @take</c>,
/// lock hints go (a SQLite writer holds the whole database), and <c>auth.person</c> becomes <c>auth_person</c>.
/// Give it explicitly only where the meaning needs other words.
/// </remarks>
public sealed partial class Sql
{
    public Sql(string sqlServer, string? sqlite = null)
    {
        SqlServer = sqlServer;
        Sqlite = sqlite ?? Derive(sqlServer);

        // A CTE named like a view would get past an authorizer that trusts the accessor's name.
        if (BaseTable().IsMatch(Sqlite))
        {
            throw new ArgumentException($"A statement names a base table: {Sqlite}", nameof(sqlServer));
        }
    }

    public string SqlServer { get; }

    public string Sqlite { get; }

    public override string ToString() => SqlServer;

    private static string Derive(string sqlServer)
    {
        var text = LockHint().Replace(sqlServer, "");
        text = AuthSchema().Replace(text, "auth_");
        return Top().IsMatch(text) ? Top().Replace(text, "SELECT ") + "\nLIMIT @take" : text;
    }

    [GeneratedRegex(@" WITH \(UPDLOCK, (HOLDLOCK|READPAST, READCOMMITTEDLOCK)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex LockHint();

    [GeneratedRegex(@"\bauth\.")]
    private static partial Regex AuthSchema();

    [GeneratedRegex(@"SELECT TOP \(@take\)\s+")]
    private static partial Regex Top();

    [GeneratedRegex(@"base_|sqlite_|pragma_", RegexOptions.IgnoreCase)]
    private static partial Regex BaseTable();
}

/// <summary>
/// A statement that banks and agencies run alike but for the column that names them: <c>{side}</c> stands for
/// <c>bank_id</c> or <c>agency_id</c>, so that each side seeks its own index. (An OR over both would sort everything.)
/// It is a help to the index alone: what a caller may see is the database's rule. Where an agency's index holds open cases alone,
/// <c>{open}</c> says so; <c>{live}</c> leaves an agency the cases that have not ended, since the account of one that has may be
/// in its sight again by a later case.
/// </summary>
public sealed class SidedSql(string sqlServer)
{
    public Sql Bank { get; } = new(sqlServer.Replace("{side}", "bank_id", StringComparison.Ordinal).Replace("{open}", "", StringComparison.Ordinal).Replace("{live}", "", StringComparison.Ordinal));

    public Sql Agency { get; } = new(sqlServer
        .Replace("{side}", "agency_id", StringComparison.Ordinal)
        .Replace("{open}", " AND o.is_open = 1", StringComparison.Ordinal)
        .Replace("{live}", " AND c.ended_at IS NULL", StringComparison.Ordinal));
}
