using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Debtors;

/// <summary>Whether a debtor is erased, and what is in the way while they are not.</summary>
/// <param name="DebtorId">The debtor.</param>
/// <param name="ErasedAt">When the bank erased the debtor. Absent while it has not.</param>
/// <param name="Obstacle">The code that an erasure would be refused with now. Absent when nothing is in the way.</param>
/// <param name="RetainUntil">Until when the private data of the debtor's ended cases has to be kept; the last of them. Absent when there are none.</param>
public sealed record DebtorErasure(Id DebtorId, DateTimeOffset? ErasedAt, string? Obstacle, DateTimeOffset? RetainUntil);

/// <summary>What can be in the way of erasing a debtor.</summary>
public static class DebtorProblems
{
    public static readonly Problem NotFound = new("debtor.not_found", 404, "There is no such debtor.", "债务人不存在。");
    public static readonly Problem OpenCase = new("debtor.open_case", 409, "An account of the debtor has an open case.", "债务人名下有进行中的案件。");
    public static readonly Problem Retention = new("debtor.retention", 409, "The debtor's data has to be kept: an ended case's time of retention is not over, or an account is not resolved.", "债务人信息仍须保存：已结案件的保存期限未满，或有账户尚未了结。");
    public static readonly Problem IsErased = new("debtor.is_erased", 409, "The debtor is erased already.", "债务人信息已删除。");
}

internal static class DebtorRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var debtors = v1.MapGroup("/debtors").WithTags("Debtors");
        GetErasure.Map(debtors);
        Erase.Map(debtors);
    }
}
