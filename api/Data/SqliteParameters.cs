using System.Collections;
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
    public static object? Over(object? values) => values switch
    {
        null or SqlMapper.IDynamicParameters => values,
        IEnumerable many => many.Cast<object>().Select(one => new SqliteParameters(one)),
        _ => new SqliteParameters(values),
    };

    public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        ((SqlMapper.IDynamicParameters)new DynamicParameters(values)).AddParameters(command, identity);
        foreach (SqliteParameter parameter in command.Parameters)
        {
            parameter.ParameterName = JsonNamingPolicy.CamelCase.ConvertName(parameter.ParameterName);
        }
    }
}
