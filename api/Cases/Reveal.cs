using Agency.Api.ContactPoints;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Cases;

/// <summary>Shows a debtor's private data in full, for a reason that is written down.</summary>
internal static class Reveal
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/reveal", HandleAsync)
        .Describe("Cases_Reveal", Scopes.PiiRead, "Reveal a case's private data", "The debtor's name, id number and contact points in full. Each reveal is written to the audit trail with its reason; an Idempotency-Key has no meaning here, so that no copy is kept.")
        .Returns<RevealedDebtor>()
        .WithMetadata(new NeverReplayed())
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<RevealedDebtor>> HandleAsync(Id id, RevealReason reveal, Work work, CancellationToken cancellation)
    {
        var found = await Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var points = await ContactPoints.List.ReadAsync(work, found.Case, cancellation);
        await work.AuditAsync("case.revealed", id, reveal.Reason);
        return Answer.Ok(new RevealedDebtor(
            found.Account.Name(work.PrivateFields),
            found.Account.IdNumber(work.PrivateFields),
            [.. points.Select(point => new RevealedContactPoint(point.Id, Words.Read<ContactPointKind>(point.Kind), point.Value(work.PrivateFields), point.Holder(work.PrivateFields)))]));
    }
}

/// <summary>Why private data is needed.</summary>
/// <param name="Reason">For the audit trail; 1 to 400 characters, no private data of the debtor's.</param>
public sealed record RevealReason(string Reason)
{
    private sealed class Rules : AbstractValidator<RevealReason>
    {
        public Rules() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
    }
}

/// <summary>A debtor in full.</summary>
/// <param name="Name">The name.</param>
/// <param name="IdNumber">The number of the identity document, where known.</param>
/// <param name="ContactPoints">Every contact point that the caller sees.</param>
public sealed record RevealedDebtor(string Name, string? IdNumber, IReadOnlyList<RevealedContactPoint> ContactPoints);

/// <summary>A contact point in full.</summary>
/// <param name="Id">The contact point.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">As it is dialled or written to.</param>
/// <param name="Holder">The name of whom it reaches, where that is not the debtor.</param>
public sealed record RevealedContactPoint(Id Id, ContactPointKind Kind, string Value, string? Holder);
