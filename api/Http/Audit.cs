using System.Diagnostics;
using Agency.Api.Data;

namespace Agency.Api.Http;

/// <summary>One line of a tenant's audit trail: who did what to which thing. Appended, never changed.</summary>
/// <param name="Tenant">Whose trail it is.</param>
/// <param name="Id">The entry.</param>
/// <param name="At">When it was done.</param>
/// <param name="Action">The deed as <c>noun.verb</c>, past tense: <c>case.recalled</c>.</param>
/// <param name="Subject">The thing.</param>
/// <param name="Detail">What a reader needs beside it; never private data.</param>
/// <param name="Person">Who did it; nobody when the system did.</param>
/// <param name="Client">Through which client.</param>
internal sealed record AuditEntry(int Tenant, Id Id, DateTimeOffset At, string Action, Id Subject, string? Detail = null, Id? Person = null, string? Client = null)
{
    private static readonly Sql Insert = new("""
        INSERT INTO audit_entry (tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id)
        VALUES (@tenant, @id, @at, @person, @client, @action, @subject, @detail, @trace)
        """);

    /// <summary>Writes it in the transaction of the deed itself.</summary>
    public Task WriteAsync(Session db) => db.ExecuteAsync(Insert, new
    {
        tenant = Tenant,
        id = Id,
        at = At,
        person = Person,
        client = Client,
        action = Action,
        subject = Subject,
        detail = Detail,
        trace = Activity.Current?.TraceId.ToHexString(),
    });
}
