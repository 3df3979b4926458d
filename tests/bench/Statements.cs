using System.Reflection;
using System.Text.RegularExpressions;
using Agency.Api.Data;

namespace Agency.Bench;

/// <summary>The service's own statements, so that both sides of a measurement run the same ones.</summary>
internal static partial class Statements
{
    public static readonly Sql FindCase = Of(typeof(Api.Cases.Get), "Find");
    public static readonly Sql ListCases = Of(typeof(Api.Cases.List), "Page");
    public static readonly Sql InsertRecord = Of(typeof(Api.ContactRecords.ContactRecordWriter), "Insert");
    public static readonly Sql InsertNote = Of(typeof(Api.ContactRecords.ContactRecordWriter), "InsertNote");
    public static readonly Sql InsertAudit = Of(typeof(Api.AuditLog.AuditWriter), "Insert");
    public static readonly Sql InsertEvent = Of(typeof(Api.Events.Event), "Insert");
    public static readonly Sql SetContact = Of(typeof(Api.Cases.CaseOrder), "SetContact");
    public static readonly Sql HoldsOfPage = Of(typeof(Api.Holds.StandingHolds), "OfPage");

    /// <summary>The statement's SQLite text over base tables, past views and triggers.</summary>
    public static string OnBase(Sql sql) => TableName().Replace(sql.Sqlite, "$1 base_$2");

    private static Sql Of(Type verb, string field) =>
        verb.GetField(field, BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null) switch
        {
            Sql sql => sql,
            SidedSql sided => sided.Agency,
            _ => throw new InvalidOperationException($"{verb.FullName} has no statement {field} any more."),
        };

    [GeneratedRegex(@"\b(FROM|JOIN|INTO|UPDATE)\s+(?!json_each)\[?(\w+)\]?")]
    private static partial Regex TableName();
}
