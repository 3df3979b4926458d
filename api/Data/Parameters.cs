using System.Collections;
using System.Collections.Concurrent;
using System.Data;
using Dapper;

namespace Agency.Api.Data;

/// <summary>
/// Values for a statement, from an object's properties. Statements write their parameters in camelCase (<c>@agencyId</c>);
/// properties of records start with a capital, which SQLite, and SQL Server under some collations, take for another name.
/// </summary>
internal sealed class Parameters(object values) : SqlMapper.IDynamicParameters
{
    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    /// <summary>The values under the names that statements use; several of them run the statement once for each.</summary>
    public static object? Of(object? values) => values switch
    {
        null or SqlMapper.IDynamicParameters => values,
        IEnumerable rows => rows.Cast<object>().Select(row => new Parameters(row)),
        _ => new Parameters(values),
    };

    public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        ((SqlMapper.IDynamicParameters)new DynamicParameters(values)).AddParameters(command, identity);
        foreach (IDataParameter parameter in command.Parameters)
        {
            parameter.ParameterName = Names.GetOrAdd(parameter.ParameterName, static name => char.ToLowerInvariant(name[0]) + name[1..]);
        }
    }
}
