using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Statements;

/// <summary>A bank says that it has paid what it agreed to.</summary>
internal static class Pay
{
    public static void Map(RouteGroupBuilder statements) => statements.MapPost("/{id}/payment", HandleAsync)
        .Describe("Statements_Pay", Scopes.StatementsWrite, "Mark a statement as paid", "The bank has paid the total that it agreed to, and names the payment. A negative total is money that the agency gave back.")
        .Returns<Statement>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, StatementProblems.InFuture, .. StatementProblems.States.Except([StatementProblems.IsAgreed])])
        .On(Get.ReadAsync, StatementProblems.NotFound);

    private static async Task<Answer<Statement>> HandleAsync(Id id, StatementPayment payment, Work work, CancellationToken cancellation)
    {
        var statement = await Steps.OpenAsync(work, TenantKind.Bank, id, cancellation, StatementState.Agreed);
        if (payment.PaidOn > Days.Latest(work.Now))
        {
            throw StatementProblems.InFuture.Refuse();
        }

        await Steps.DecideAsync(work, statement, "paid", reference: payment.Reference, paidOn: payment.PaidOn);
        return await Steps.DoneAsync(work, statement, "paid", cancellation);
    }
}

/// <summary>The payment of a statement.</summary>
/// <param name="Reference">The payment's number at the bank; 1 to 100 characters.</param>
/// <param name="PaidOn">The day of the payment, not in the future.</param>
public sealed record StatementPayment(string Reference, DateOnly PaidOn)
{
    private sealed class Rules : AbstractValidator<StatementPayment>
    {
        public Rules() => RuleFor(p => p.Reference).NotEmpty().MaximumLength(100);
    }
}
