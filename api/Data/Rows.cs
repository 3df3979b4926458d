using System.Data;
using System.Globalization;
using System.Reflection;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Agency.Api.Data;

/// <summary>
/// How columns become values on both engines: ids are 16 bytes, instants UTC to the millisecond, dates without time, and a
/// row is a positional record whose parameters are the columns' names without underscores, in any order.
/// </summary>
internal static class Rows
{
    private const string InstantFormat = "yyyy-MM-dd HH:mm:ss.fff";
    private const string DateFormat = "yyyy-MM-dd";

    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.RemoveTypeMap(typeof(DateOnly));
        SqlMapper.RemoveTypeMap(typeof(DateOnly?));
        SqlMapper.AddTypeHandler(typeof(Id), new IdColumn());
        SqlMapper.AddTypeHandler(typeof(DateTimeOffset), new InstantColumn());
        SqlMapper.AddTypeHandler(typeof(DateOnly), new DateColumn());
        var standard = SqlMapper.TypeMapProvider;
        SqlMapper.TypeMapProvider = type => type.GetMethod("<Clone>$") is null ? standard(type) : new RecordMap(type);
    }

    /// <summary>An instant as SQLite stores it.</summary>
    public static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);

    /// <summary>A date as SQLite stores it.</summary>
    public static string Text(DateOnly date) => date.ToString(DateFormat, CultureInfo.InvariantCulture);

    // A null carries its type too: SQL Server takes an untyped one for text, and refuses text for a binary column.
    internal sealed class IdColumn : SqlMapper.ITypeHandler
    {
        public object Parse(Type destinationType, object value) => Id.FromBytes((byte[])value);

        public void SetValue(IDbDataParameter parameter, object value)
        {
            parameter.DbType = DbType.Binary;
            parameter.Size = 16;
            parameter.Value = value is Id id ? id.ToBytes() : DBNull.Value;
        }
    }

    internal sealed class InstantColumn : SqlMapper.ITypeHandler
    {
        public object Parse(Type destinationType, object value) => value is string text
            ? DateTimeOffset.ParseExact(text, InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : new DateTimeOffset(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

        public void SetValue(IDbDataParameter parameter, object value)
        {
            var text = parameter is SqliteParameter;
            parameter.DbType = text ? DbType.String : DbType.DateTime2;
            parameter.Value = value switch
            {
                DateTimeOffset instant when text => Text(instant),
                DateTimeOffset instant => instant.UtcDateTime,
                _ => DBNull.Value,
            };
        }
    }

    internal sealed class DateColumn : SqlMapper.ITypeHandler
    {
        public object Parse(Type destinationType, object value) => value is string text
            ? DateOnly.ParseExact(text, DateFormat, CultureInfo.InvariantCulture)
            : DateOnly.FromDateTime((DateTime)value);

        public void SetValue(IDbDataParameter parameter, object value)
        {
            var text = parameter is SqliteParameter;
            parameter.DbType = text ? DbType.String : DbType.Date;
            parameter.Value = value switch
            {
                DateOnly date when text => Text(date),
                DateOnly date => date.ToDateTime(TimeOnly.MinValue),
                _ => DBNull.Value,
            };
        }
    }

    // Dapper matches a constructor only when every column's type is the parameter's: SQLite's integers are all 64 bits, so
    // records are made empty and filled by property, which converts.
    private sealed class RecordMap(Type type) : SqlMapper.ITypeMap
    {
        private readonly DefaultTypeMap standard = new(type);

        public ConstructorInfo? FindConstructor(string[] names, Type[] types) => null;

        public ConstructorInfo? FindExplicitConstructor() =>
            Array.Find(type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), c => c.GetParameters() is not [var only] || only.ParameterType != type);

        public SqlMapper.IMemberMap? GetConstructorParameter(ConstructorInfo constructor, string columnName) => null;

        public SqlMapper.IMemberMap? GetMember(string columnName) => standard.GetMember(columnName);
    }
}
