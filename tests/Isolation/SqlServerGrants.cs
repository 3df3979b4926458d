using Agency.Tests.Data;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Isolation;

/// <summary>
/// Reads from the SQL Server migrations what the runtime roles may do, and names every grant the rules do not ask for and
/// every DENY that is missing.
/// </summary>
internal static class SqlServerGrants
{
    private const string Application = "agency_app";
    private const string Identity = "agency_identity";
    private const string Operator = "agency_operator";

    private static readonly string[] TenantColumns = ["tenant_id", "bank_id", "agency_id"];

    /// <summary>The tables the operator reaches beside those of sign-in: no debtor's data.</summary>
    private static readonly string[] OperatorTables = ["tenant", "idempotency_record", "audit_entry", "audit_seal"];

    private sealed record Permission(string Role, string Word, string Schema, string Table, IReadOnlyList<string> Columns);

    public static IReadOnlyList<string> FindViolations(string migrations)
    {
        var script = SqlServerText.Parse(migrations);
        var violations = new List<string>();
        var grants = SqlServerText.Find<GrantStatement>(script).SelectMany(Read).Where(p => p.Role is Application or Identity or Operator).ToList();
        var denials = SqlServerText.Find<DenyStatement>(script).SelectMany(Read).ToList();
        violations.AddRange(grants.Where(grant => !IsWanted(grant)).Select(grant =>
            $"{grant.Role} is granted {grant.Word} on {grant.Schema}.{grant.Table} ({string.Join(", ", grant.Columns)})"));
        violations.AddRange(SqlServerText.Find<GrantStatement>(script).SelectMany(Read).Where(p => p.Role is not ("agency_migrator" or Application or Identity or Operator))
            .Select(p => $"{p.Role} is granted {p.Word}"));
        violations.AddRange(SqlServerText.Find<RevokeStatement>(script).Select(r => $"revoked: {SqlServerText.Words(r)}"));
        violations.AddRange(SqlServerText.Find<AlterRoleStatement>(script).Select(r => $"a role is changed: {SqlServerText.Words(r)}"));

        foreach (var (table, columns) in SqlServerPolicies.TablesOf(script))
        {
            foreach (var role in grants.Where(g => g.Schema == "dbo" && g.Table == table).Select(g => g.Role).Append(Application).Distinct(StringComparer.Ordinal))
            {
                violations.AddRange(columns.Where(TenantColumns.Contains)
                    .Where(column => !denials.Exists(d => d.Role == role && d.Word == "UPDATE" && d.Schema == "dbo" && d.Table == table && (d.Columns.Count == 0 || d.Columns.Contains(column, StringComparer.Ordinal))))
                    .Select(column => $"{role} is not denied UPDATE of {table}.{column}"));
            }
        }

        return violations;
    }

    private static bool IsWanted(Permission grant)
    {
        if (grant is { Word: "VIEW DEFINITION", Schema: "", Table: "rls" })
        {
            // Without it the service could not see that a policy is missing, and it must refuse to serve then.
            return true;
        }

        if (grant.Schema == "auth")
        {
            return grant.Role is Identity or Operator && grant.Word is "SELECT" or "INSERT" or "UPDATE" or "DELETE";
        }

        if (grant.Schema != "dbo" || grant.Role == Identity || Tables.Find(grant.Table) is not { } rules || (grant.Role == Operator && !OperatorTables.Contains(grant.Table)))
        {
            return false;
        }

        return grant.Word switch
        {
            "SELECT" => true,
            "INSERT" => rules.Insert.Function != "nobody" && (rules.Insert.Function != "system" || grant.Role != Operator) && (rules.Insert.Function != "operator" || grant.Role == Operator),
            "DELETE" => rules.Delete.Function != "nobody",
            "UPDATE" => grant.Columns.Count > 0 && grant.Columns.All(column => rules.Changes.Contains(column, StringComparer.Ordinal)),
            _ => false,
        };
    }

    private static IEnumerable<Permission> Read(SecurityStatement statement) =>
        from permission in statement.Permissions
        from principal in statement.Principals
        let target = statement.SecurityTargetObject
        let name = target?.ObjectName.MultiPartIdentifier.Identifiers.Select(i => i.Value).ToList() ?? []
        let isObject = target is not null && target.ObjectKind is SecurityObjectKind.NotSpecified or SecurityObjectKind.Object
        select new Permission(
            principal.Identifier?.Value ?? "public",
            string.Join(' ', permission.Identifiers.Select(i => i.Value.ToUpperInvariant())),
            !isObject ? "" : name.Count > 1 ? name[^2] : "dbo",
            name.Count == 0 ? "" : name[^1],
            [.. permission.Columns.Select(c => c.Value), .. target?.Columns.Select(c => c.Value) ?? []]);
}
