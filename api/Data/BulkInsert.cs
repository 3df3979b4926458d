using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using SQLitePCL;

namespace Agency.Api.Data;

/// <summary>
/// Rows of a bank's that come by the thousand. It names a table and, by the members of the row, its columns; there is no text to
/// write and no tenant to name: the rows are stamped with the bank of the session, by the database.
/// </summary>
/// <remarks>
/// On SQLite an insert through a view and its trigger costs twice that into the table itself, so this writes the base table. That
/// is only right where the trigger would do no more than compare the bank, hence the fixed list of tables; a test reads the triggers.
/// </remarks>
public abstract class BulkInsert
{
    internal static readonly FrozenSet<string> Tables = FrozenSet.Create(StringComparer.Ordinal, "debtor", "contact_point", "account", "ledger_entry");

    private protected BulkInsert(string table, IReadOnlyList<PropertyInfo> members)
    {
        if (!Tables.Contains(table))
        {
            throw new ArgumentException($"{table} is not loaded in bulk.", nameof(table));
        }

        string[] names = [.. members.Select(member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name))];
        if (names.Contains("bank_id", StringComparer.Ordinal))
        {
            throw new ArgumentException("The session says whose the rows are.", nameof(members));
        }

        var columns = string.Join(", ", names);
        var values = string.Join(", ", members.Select(member => "@" + member.Name));
        Ordinary = new Sql(
            $"INSERT INTO {table} (bank_id, {columns}) VALUES (CAST(SESSION_CONTEXT(N'tenant_id') AS int), {values})",
            $"INSERT INTO {table} (bank_id, {columns}) VALUES (session_tenant(), {values})");
        BaseTable = $"base_{table}";
        BaseText = $"INSERT INTO {BaseTable} (bank_id, {columns}) VALUES (session_tenant(), {string.Join(", ", members.Select(_ => "?"))})";
    }

    /// <summary>The same insert row by row, under all the rules: how SQL Server runs it, and what the tests bind to the schemas.</summary>
    internal Sql Ordinary { get; }

    internal string BaseTable { get; }

    internal string BaseText { get; }
}

/// <inheritdoc/>
/// <typeparam name="TRow">A record whose members are the columns, all but <c>bank_id</c>.</typeparam>
public sealed class BulkInsert<TRow>(string table) : BulkInsert(table, Members)
{
    private static readonly PropertyInfo[] Members = typeof(TRow).GetProperties();

    private readonly Action<sqlite3_stmt, TRow>[] binders = [.. Members.Select((member, at) => BinderOf(member, at + 1))];

    internal void Bind(sqlite3_stmt statement, TRow row)
    {
        foreach (var bind in binders)
        {
            bind(statement, row);
        }
    }

    // The forms are those of Rows: what is read back through Dapper must be what was written here.
    private static Action<sqlite3_stmt, TRow> BinderOf(PropertyInfo member, int at)
    {
        if (member.PropertyType == typeof(Id))
        {
            var get = member.GetMethod!.CreateDelegate<Func<TRow, Id>>();
            return (statement, row) =>
            {
                Span<byte> bytes = stackalloc byte[16];
                _ = get(row).Value.TryWriteBytes(bytes, bigEndian: true, out _);
                _ = raw.sqlite3_bind_blob(statement, at, bytes);
            };
        }

        if (member.PropertyType == typeof(long))
        {
            var get = member.GetMethod!.CreateDelegate<Func<TRow, long>>();
            return (statement, row) => _ = raw.sqlite3_bind_int64(statement, at, get(row));
        }

        if (member.PropertyType == typeof(long?))
        {
            var get = member.GetMethod!.CreateDelegate<Func<TRow, long?>>();
            return (statement, row) => _ = get(row) is { } value ? raw.sqlite3_bind_int64(statement, at, value) : raw.sqlite3_bind_null(statement, at);
        }

        if (member.PropertyType == typeof(byte[]))
        {
            var get = member.GetMethod!.CreateDelegate<Func<TRow, byte[]?>>();
            return (statement, row) => _ = get(row) is { } value ? raw.sqlite3_bind_blob(statement, at, value) : raw.sqlite3_bind_null(statement, at);
        }

        return BindText(at, TextOf(member));
    }

    private static Func<TRow, string?> TextOf(PropertyInfo member)
    {
        if (member.PropertyType == typeof(string))
        {
            return member.GetMethod!.CreateDelegate<Func<TRow, string?>>();
        }

        if (member.PropertyType == typeof(DateOnly))
        {
            var get = member.GetMethod!.CreateDelegate<Func<TRow, DateOnly>>();
            return row => Rows.Text(get(row));
        }

        if (member.PropertyType == typeof(DateTimeOffset))
        {
            var get = member.GetMethod!.CreateDelegate<Func<TRow, DateTimeOffset>>();
            return row => Rows.Text(get(row));
        }

        throw new InvalidOperationException($"{typeof(TRow).Name}.{member.Name} has a type that no column has.");
    }

    private static Action<sqlite3_stmt, TRow> BindText(int at, Func<TRow, string?> get) => (statement, row) =>
        _ = get(row) is { } value ? raw.sqlite3_bind_text(statement, at, value) : raw.sqlite3_bind_null(statement, at);
}
