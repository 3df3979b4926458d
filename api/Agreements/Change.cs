using System.Globalization;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Agreements;

/// <summary>
/// A bank changes a mandate: the next version, for assignments to come. Those already submitted keep theirs.
/// </summary>
internal static class Change
{
    private static readonly Sql Lock = new("SELECT id FROM agreement WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder agreements) => agreements.MapPut("/{id}", HandleAsync)
        .Describe("Agreements_Change", Scopes.AgreementsWrite, "Change an agreement", "Makes the next version, provided nobody changed the agreement since it was read. Assignments that were submitted under an earlier version keep it. Nothing changed makes no version.")
        .Returns<Agreement>()
        .Refuses(HttpProblems.WrongTenantKind)
        .On(Get.ReadAsync, AgreementProblems.NotFound, Lock);

    private static async Task<Answer<Agreement>> HandleAsync(Id id, AgreementChange change, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var found = await Get.FindAsync(work, id, cancellation) ?? throw AgreementProblems.NotFound.Refuse();
        if (change.Title == found.Title && change.ValidFrom == found.ValidFrom && change.ValidTo == found.ValidTo
            && change.Terms.Complete().Write() == AgreementTerms.Read(found.Terms).Write())
        {
            return Answer.Ok(found.View());
        }

        var version = found.Version + 1;
        await NewVersion.WriteAsync(work, id, version, found.AgencyId, change, cancellation);
        await work.AuditAsync("agreement.changed", id, version.ToString(CultureInfo.InvariantCulture));
        await work.EmitAsync(new("agreement.changed", id, work.Tenant, found.AgencyId));
        return Answer.Ok((await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The agreement as it shall be from now on, whole.</summary>
/// <param name="Title">What both sides call it; 1 to 200 characters.</param>
/// <param name="ValidFrom">First day on which it holds.</param>
/// <param name="Terms">What is agreed on; a term that is absent has its default, not its former value.</param>
/// <param name="ValidTo">Last day on which it holds; open-ended when absent.</param>
public sealed record AgreementChange(string Title, DateOnly ValidFrom, NewAgreementTerms Terms, DateOnly? ValidTo = null)
{
    private sealed class Rules : AbstractValidator<AgreementChange>
    {
        public Rules()
        {
            RuleFor(a => a.Title).NotEmpty().MaximumLength(200);
            RuleFor(a => a.ValidTo).GreaterThanOrEqualTo(a => a.ValidFrom);
            RuleFor(a => a.Terms).SetValidator(new NewAgreementTerms.Rules());
        }
    }
}
