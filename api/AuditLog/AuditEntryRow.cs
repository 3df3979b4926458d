using Agency.Api.Data;

namespace Agency.Api.AuditLog;

/// <summary>An entry as it is stored. Its digest covers all of it.</summary>
internal sealed record AuditEntryRow(
    int TenantId, Id Id, DateTimeOffset OccurredAt, Id? PersonId, string? ClientId, string Action, Id? SubjectId, string? Detail, string? Changes, string? TraceId,
    byte[]? AddressCipher, int? SharedWith, Id? CaseId, byte[]? Digest)
{
    public const string Columns = "e.tenant_id, e.id, e.occurred_at, e.person_id, e.client_id, e.action, e.subject_id, e.detail, e.changes, e.trace_id, e.address_cipher, e.shared_with, e.case_id, e.digest";
}

/// <summary>A seal on an entry: the tenant's entries in the order they were sealed, numbered from 1 without a gap.</summary>
internal sealed record AuditSealRow(long Number, Id EntryId, DateTimeOffset SealedAt, byte[] Digest);

/// <summary>How far a tenant's chain had come, written beside the database.</summary>
/// <param name="Seal">The digest of the seal of that number.</param>
internal sealed record Checkpoint(int Tenant, long Number, DateTimeOffset At, byte[] Seal);
