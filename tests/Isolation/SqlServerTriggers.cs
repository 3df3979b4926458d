using Agency.Tests.Data;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Isolation;

/// <summary>
/// Reads from the SQL Server migrations what runs as somebody else than the caller: one trigger, which adds an event's deliveries,
/// as one user, whom nobody can sign in as or act as, and who is granted nothing. Returns everything beyond that.
/// </summary>
internal static class SqlServerTriggers
{
    public const string User = "agency_fanout";

    private const string Name = "event_fan_out";

    public static CreateTriggerStatement Find(string migrations) =>
        SqlServerText.Find<CreateTriggerStatement>(SqlServerText.Parse(migrations)).Single(t => SqlServerText.NameOf(t.Name) == ("dbo", Name));

    public static IReadOnlyList<string> FindViolations(string migrations)
    {
        var script = SqlServerText.Parse(migrations);
        var violations = new List<string>();
        violations.AddRange(SqlServerText.Find<UserStatement>(script)
            .Where(u => u is not CreateUserStatement { Name.Value: User, UserLoginOption.UserLoginOptionType: UserLoginOptionType.WithoutLogin } || u.UserOptions.Count > 0)
            .Select(u => $"a user who could sign in: {SqlServerText.Words(u)}"));
        if (SqlServerText.Find<CreateUserStatement>(script).Count != 1)
        {
            violations.Add($"the migrations make another user than {User} alone");
        }

        // What the user may is decided by the chain of ownership: every word on rights of its own would be one too many.
        violations.AddRange(SqlServerText.Find<SecurityPrincipal>(script).Where(p => p.Identifier?.Value == User).Select(_ => $"{User} is given or denied something"));
        violations.AddRange(SqlServerText.Find<GrantStatement>(script).Where(g => g.Permissions.Any(p => p.Identifiers.Any(i => i.Value.Equals("IMPERSONATE", StringComparison.OrdinalIgnoreCase))))
            .Select(g => $"somebody may act as another: {SqlServerText.Words(g)}"));
        violations.AddRange(SqlServerText.Find<TSqlStatement>(script)
            .Where(s => s is AlterTriggerStatement or DropTriggerStatement or EnableDisableTriggerStatement or ExecuteAsStatement or AlterAuthorizationStatement or DropUserStatement or ExecuteStatement or ProcedureStatementBody)
            .Select(s => $"not to be in a migration: {SqlServerText.Words(s)}"));
        violations.AddRange(SqlServerText.Find<ExecuteAsFunctionOption>(script).Select(_ => "a function runs as somebody else"));

        var triggers = SqlServerText.Find<CreateTriggerStatement>(script);
        if (triggers is [var only])
        {
            violations.AddRange(FaultsOf(only));
        }
        else
        {
            violations.Add($"there are {triggers.Count} triggers");
        }

        return violations;
    }

    private static IEnumerable<string> FaultsOf(CreateTriggerStatement trigger)
    {
        var on = SqlServerText.NameOf(trigger.TriggerObject.Name);
        if (SqlServerText.NameOf(trigger.Name) != ("dbo", Name) || on != ("dbo", "event") || trigger.TriggerType != TriggerType.After
            || trigger.TriggerActions.Select(a => a.TriggerActionType).ToList() is not [TriggerActionType.Insert])
        {
            yield return $"{trigger.Name.BaseIdentifier.Value} is not what follows an insert into dbo.event";
        }

        if (trigger.Options.OfType<ExecuteAsTriggerOption>().SingleOrDefault()?.ExecuteAsClause is not { ExecuteAsOption: ExecuteAsOption.String, Literal.Value: User })
        {
            yield return $"{trigger.Name.BaseIdentifier.Value} does not run as {User}";
        }

        // One insert, of what one tenant's subscription and the event say, and no answer that the caller of the deed would get.
        var body = SqlServerText.Find<TSqlStatement>(trigger.StatementList).Where(s => s is not BeginEndBlockStatement).ToList();
        if (body is not [PredicateSetStatement { Options: SetOptions.NoCount, IsOn: true }, InsertStatement { InsertSpecification: { OutputClause: null, InsertSource: SelectInsertSource } insert }])
        {
            yield return $"{trigger.Name.BaseIdentifier.Value} does something else than one insert without an answer";
            yield break;
        }

        var tables = SqlServerText.Find<NamedTableReference>(insert).Select(t => SqlServerText.NameOf(t.SchemaObject)).Order();
        if (!tables.SequenceEqual([("dbo", "inserted"), ("dbo", "webhook_delivery"), ("dbo", "webhook_subscription")]))
        {
            yield return $"{trigger.Name.BaseIdentifier.Value} reaches other tables";
        }
    }
}
