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
        SqlMapper.AddTypeHandler(new IdColumn());
        SqlMapper.AddTypeHandler(new InstantColumn());
        SqlMapper.AddTypeHandler(new DateColumn());
        var standard = SqlMapper.TypeMapProvider;
        SqlMapper.TypeMapProvider = type => type.GetMethod("<Clone>$") is null ? standard(type) : new RecordMap(type);
    }

    private sealed class IdColumn : SqlMapper.TypeHandler<Id>
    {
        public override Id Parse(object value) => Id.FromBytes((byte[])value);

        public override void SetValue(IDbDataParameter parameter, Id value)
        {
            parameter.DbType = DbType.Binary;
            parameter.Size = 16;
            parameter.Value = value.ToBytes();
        }
    }

    private sealed class InstantColumn : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value is string text
            ? DateTimeOffset.ParseExact(text, InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : new DateTimeOffset(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            if (parameter is SqliteParameter)
            {
                parameter.DbType = DbType.String;
                parameter.Value = value.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);
            }
            else
            {
                parameter.DbType = DbType.DateTime2;
                parameter.Value = value.UtcDateTime;
            }
        }
    }

    private sealed class DateColumn : SqlMapper.TypeHandler<DateOnly>
    {
        public override DateOnly Parse(object value) => value is string text
            ? DateOnly.ParseExact(text, DateFormat, CultureInfo.InvariantCulture)
            : DateOnly.FromDateTime((DateTime)value);

        public override void SetValue(IDbDataParameter parameter, DateOnly value)
        {
            if (parameter is SqliteParameter)
            {
                parameter.DbType = DbType.String;
                parameter.Value = value.ToString(DateFormat, CultureInfo.InvariantCulture);
            }
            else
            {
                parameter.DbType = DbType.Date;
                parameter.Value = value.ToDateTime(TimeOnly.MinValue);
            }
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
