using System.Collections;
using System.Collections.Concurrent;
using System.Data;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Agency.Api.Data;

/// <summary>
/// SQLite tells <c>@Title</c> from <c>@title</c>; SQL Server does not. Statements say <c>@title</c>, and this lets a value's
/// property be called either.
/// </summary>
internal sealed class SqliteParameters(object values) : SqlMapper.IDynamicParameters
{
    private static readonly ConcurrentDictionary<Type, bool> NamedAsWritten = new();

    /// <summary>The values themselves when their names are written as statements write them, which is the faster way.</summary>
    public static object? Over(object? values) => values switch
    {
        null or SqlMapper.IDynamicParameters => values,
        IEnumerable many when many.Cast<object>().All(IsNamedAsWritten) => values,
        IEnumerable many => many.Cast<object>().Select(one => new SqliteParameters(one)),
        _ => IsNamedAsWritten(values) ? values : new SqliteParameters(values),
    };

    private static bool IsNamedAsWritten(object values) =>
        NamedAsWritten.GetOrAdd(values.GetType(), static type => type.GetProperties().All(property => char.IsLower(property.Name[0])));

    public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        ((SqlMapper.IDynamicParameters)new DynamicParameters(values)).AddParameters(command, identity);
        foreach (SqliteParameter parameter in command.Parameters)
        {
            parameter.ParameterName = JsonNamingPolicy.CamelCase.ConvertName(parameter.ParameterName);
        }
    }
}
