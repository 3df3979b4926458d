using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.Support;

/// <summary>A digest of every base table, taken past every door: equal before and after means that nothing was written.</summary>
/// <remarks>
/// But for what is written about refusals: that a caller was refused is an entry of the audit log, in a transaction of its own, and the
/// seals follow in the background. What the deed would have written there itself is compared like everything else.
/// </remarks>
public static class StoredRows
{
    private static readonly Dictionary<string, string> LeftOut = new(StringComparer.Ordinal)
    {
        ["base_audit_entry"] = " WHERE action <> 'request.refused'",
        ["base_audit_seal"] = " WHERE 1 = 0",
    };

    /// <summary>By table: how many rows, and a hash over all their values.</summary>
    public static SortedDictionary<string, string> Digest(TestDatabase database)
    {
        using var connection = database.OpenRaw();
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in Read(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'base!_%' ESCAPE '!'").Select(row => row[2..]))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var rows = 0;
            foreach (var row in Read(connection, $"SELECT * FROM {table}{LeftOut.GetValueOrDefault(table)}"))
            {
                rows++;
                hash.AppendData(Encoding.UTF8.GetBytes(row + "\n"));
            }

            digests[table] = $"{rows} rows, {Convert.ToHexStringLower(hash.GetHashAndReset())}";
        }

        Assert.True(digests.Count > 10, "The base tables were not found.");
        return digests;
    }

    // Each value carries its type's initial, so that the text 1 and the number 1 differ.
    private static IEnumerable<string> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) switch
            {
                byte[] bytes => "b:" + Convert.ToHexString(bytes),
                string text => "t:" + text,
                DBNull => "-",
                var number => "n:" + Convert.ToString(number, CultureInfo.InvariantCulture),
            }));
        }
    }
}
