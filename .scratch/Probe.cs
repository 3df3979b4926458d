using Dapper;
using Microsoft.Data.Sqlite;
using Xunit;
namespace Agency.Tests;
public class Probe
{
    [Fact]
    public void P()
    {
#pragma warning disable RS0030
        using var c = new SqliteConnection("Data Source=:memory:");
        c.Open();
         try { c.Query("SELECT @ab", new { Ab = 1 }); System.Console.Error.WriteLine("case ok"); } catch (System.Exception e) { System.Console.Error.WriteLine("case " + e.Message); }
 foreach (var (name, p) in new (string, object)[] { ("i", new { a = 1 }), ("bytes", new { a = new byte[32] }), ("bool", new { a = true }), ("sha", new { sha256 = 1 }), ("id", new {id=1}) , ("format", new {format="x"}), ("bytesname", new {bytes=1L}), ("cc", new {compressed=true}), ("hash", new { sha256 = new byte[32], a = 1})})
        {
            try { var n = p.GetType().GetProperties()[0].Name; c.Query("SELECT @" + n, p); System.Console.Error.WriteLine(name + " ok"); }
            catch (System.Exception e) { System.Console.Error.WriteLine(name + " " + e.Message); }
        }
        foreach (var sql in new[] { "SELECT @a, 'queued', @b", "SELECT @a, 0, 0, 0, 0, @b", "SELECT @a,\n 'queued', @b, 0", "SELECT 'import (a)', @a, @b" })
        {
            try { c.Query(sql, new { a = 1, b = 2 }); System.Console.Error.WriteLine(sql + " ok"); }
            catch (System.Exception e) { System.Console.Error.WriteLine(sql + " " + e.Message); }
        }
    }
}
