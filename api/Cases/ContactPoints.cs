using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>How a debtor can be reached.</summary>
public enum ContactPointKind
{
    Phone,
    Email,
    Address,
}

/// <summary>What is known of a contact point.</summary>
public enum ContactPointStatus
{
    Unverified,
    Valid,
    Invalid,
    OptedOut,
}

/// <summary>A phone, e-mail or address of a debtor, masked.</summary>
/// <param name="Id">The contact point.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Masked: enough to recognise, too little to use.</param>
/// <param name="Status">Whether it works and may be used.</param>
public sealed record ContactPoint(Id Id, ContactPointKind Kind, string Value, ContactPointStatus Status);

/// <summary>A contact point as stored.</summary>
internal sealed record ContactPointRow(Id Id, int BankId, string Kind, byte[] ValueCipher, string Status)
{
    private static readonly Sql OfDebtor = new("""
        SELECT id, bank_id, kind, value_cipher, status
        FROM contact_point
        WHERE bank_id = @bank AND debtor_id = @debtor
        ORDER BY kind, value_index
        """);

    public static Task<IReadOnlyList<ContactPointRow>> ListAsync(Work work, CaseRow @case, CancellationToken cancellation) =>
        work.Db.ListAsync<ContactPointRow>(OfDebtor, new { bank = @case.BankId, debtor = @case.DebtorId }, cancellation);

    public string Value(PrivateFields fields) => fields.Decrypt(BankId, "contact_point", "value_cipher", Id, ValueCipher);

    public ContactPoint View(PrivateFields fields)
    {
        var kind = Words.Read<ContactPointKind>(Kind);
        var value = Value(fields);
        var masked = kind switch
        {
            ContactPointKind.Phone => Mask.Phone(value),
            ContactPointKind.Email => Mask.Email(value),
            _ => Mask.Address(value),
        };
        return new ContactPoint(Id, kind, masked, Words.Read<ContactPointStatus>(Status));
    }
}

/// <summary>The debtor's contact points, masked.</summary>
/// <param name="Items">All of them: a debtor has few.</param>
public sealed record ContactPointList(IReadOnlyList<ContactPoint> Items);

/// <summary>Either side lists how the debtor of a case can be reached.</summary>
internal static class ContactPoints
{
    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id}/contact-points", HandleAsync)
        .Describe("Cases_ListContactPoints", Scopes.CasesRead, "List a case's contact points", "How the debtor can be reached, masked. Revealing them is a deed of its own, and logged.")
        .Returns<ContactPointList>()
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<ContactPointList>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        var found = await Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var rows = await ContactPointRow.ListAsync(work, found.Case, cancellation);
        return Answer.Ok(new ContactPointList([.. rows.Select(row => row.View(work.PrivateFields))]));
    }
}
