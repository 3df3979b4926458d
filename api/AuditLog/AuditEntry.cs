using System.Diagnostics;
using System.Net;
using Agency.Api.Data;

namespace Agency.Api.AuditLog;

/// <summary>One line of a tenant's audit log: who did what to which thing. Appended, never changed.</summary>
/// <param name="Tenant">Whose log it is.</param>
/// <param name="Id">The entry.</param>
/// <param name="At">When it was done.</param>
/// <param name="Action">The deed as <c>noun.verb</c>, past tense: <c>case.recalled</c>.</param>
/// <param name="Subject">The thing; absent where a refused request named none.</param>
/// <param name="Detail">What a reader needs beside it; never private data.</param>
/// <param name="Person">Who did it; nobody when the system did.</param>
/// <param name="Client">Through which client.</param>
/// <param name="From">The caller's address; none when nobody called.</param>
/// <param name="Changes">What became different, as <see cref="BeforeAfter"/> writes it.</param>
/// <param name="SharedWith">The other side of the case, which reads it too; nobody when absent.</param>
/// <param name="Case">Of which case it is; absent where it is shared with nobody.</param>
internal sealed record AuditEntry(
    int Tenant, Id Id, DateTimeOffset At, string Action, Id? Subject, string? Detail = null, Id? Person = null, string? Client = null, IPAddress? From = null,
    string? Changes = null, int? SharedWith = null, Id? Case = null);

/// <summary>Writes entries in the transaction of the deed itself, each with the digest by which it is told from one that somebody put there.</summary>
internal sealed class AuditWriter(AuditDigests digests, PrivateFields privateFields)
{
    private const string Table = "audit_entry";
    private const string AddressColumn = "address_cipher";

    private static readonly Sql Insert = new("""
        INSERT INTO audit_entry (tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, changes, trace_id, address_cipher, shared_with, case_id, digest)
        VALUES (@tenant, @id, @at, @person, @client, @action, @subject, @detail, @changes, @trace, @address, @sharedWith, @case, @digest)
        """);

    public Task WriteAsync(Session db, AuditEntry entry)
    {
        // To the millisecond, as it is stored: the digest is of what will be read.
        var row = new AuditEntryRow(
            entry.Tenant, entry.Id, DateTimeOffset.FromUnixTimeMilliseconds(entry.At.ToUnixTimeMilliseconds()), entry.Person, entry.Client, entry.Action, entry.Subject,
            entry.Detail, entry.Changes, Activity.Current?.TraceId.ToHexString(), Seal(entry), entry.SharedWith, entry.Case, Digest: null);
        return db.ExecuteAsync(Insert, new
        {
            tenant = row.TenantId,
            id = row.Id,
            at = row.OccurredAt,
            person = row.PersonId,
            client = row.ClientId,
            action = row.Action,
            subject = row.SubjectId,
            detail = row.Detail,
            changes = row.Changes,
            trace = row.TraceId,
            address = row.AddressCipher,
            sharedWith = row.SharedWith,
            @case = row.CaseId,
            digest = digests.Of(row),
        });
    }

    /// <summary>The address an entry's caller had; null where there is none.</summary>
    public string? AddressOf(int tenant, Id entry, byte[]? cipher) => cipher is null ? null : privateFields.Decrypt(tenant, Table, AddressColumn, entry, cipher);

    // Where a person sits is theirs: encrypted like a debtor's data, so that a copy of the database does not tell.
    private byte[]? Seal(AuditEntry entry) => entry.From is null
        ? null
        : privateFields.Encrypt(entry.Tenant, Table, AddressColumn, entry.Id, (entry.From.IsIPv4MappedToIPv6 ? entry.From.MapToIPv4() : entry.From).ToString());
}
