using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Data;

/// <summary>The schema that the SQL Server migrations make, as a model that names can be bound against without a server.</summary>
internal sealed class SqlServerModel : IDisposable
{
    private readonly TSqlModel model = Build(withRows: false);

    /// <summary>What is wrong with the migrations by themselves.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        using var whileMigrating = Build(withRows: true);
        return [.. model.Validate().Concat(whileMigrating.Validate()).Select(m => m.Message)];
    }

    /// <summary>Which statements do not parse or name what the schema does not have.</summary>
    public IReadOnlyList<string> FindFaults(IEnumerable<(string Name, string Text)> statements)
    {
        var faults = new List<string>();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in statements)
        {
            var script = SqlServerText.Read(text, out var errors);
            if (errors.Count > 0)
            {
                faults.Add($"{name}: {errors[0].Message}");
                continue;
            }

            var procedure = $"bound_{names.Count}";
            names[procedure] = name;
            model.AddObjects($"CREATE PROCEDURE dbo.{procedure}{Parameters(script)} AS\n{text}");
        }

        // A name that can't be resolved is only a warning here: every message counts.
        foreach (var message in model.Validate())
        {
            var source = names.Keys.FirstOrDefault(key => message.Message.Contains($"[{key}]", StringComparison.Ordinal));
            faults.Add($"{(source is null ? "schema" : names[source])}: {message.Prefix}{message.Number} {message.Message}");
        }

        return faults;
    }

    public void Dispose() => model.Dispose();

    // Rows that a migration completes are no objects: they are bound as the statements of the service are, where every column
    // stands that there ever was.
    private static TSqlModel Build(bool withRows)
    {
        var built = new TSqlModel(SqlServerVersion.Sql150, new TSqlModelOptions());
        var rows = 0;
        foreach (var statement in SqlServerText.Parse(SqlServerText.Migrations, keepsColumns: withRows).Batches.SelectMany(batch => batch.Statements))
        {
            if (statement is not DataModificationStatement)
            {
                built.AddObjects(SqlServerText.Written(statement));
            }
            else if (withRows)
            {
                built.AddObjects($"CREATE PROCEDURE dbo.completes_{rows++} AS\n{SqlServerText.Words(statement)}");
            }
        }

        return built;
    }

    // Binding resolves names; of types it only asks that they be comparable at all.
    private static string Parameters(TSqlScript script)
    {
        var declared = SqlServerText.Find<DeclareVariableElement>(script).Select(d => d.VariableName.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var names = SqlServerText.Find<VariableReference>(script).Select(v => v.Name).Where(name => !declared.Contains(name)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        return names.Count == 0 ? "" : " " + string.Join(", ", names.Select(name => $"{name} {(name == "@take" ? "int" : "nvarchar(max)")}"));
    }
}
