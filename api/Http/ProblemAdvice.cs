namespace Agency.Api.Http;

/// <summary>What whoever gets a problem can do about it, which follows from its status; what is particular is in its title, <c>detail</c> and <c>errors</c>.</summary>
internal sealed record ProblemAdvice(string English, string Chinese)
{
    public static ProblemAdvice For(int status) => status switch
    {
        400 => new("Mend the query, the headers or the form of the body as title and detail say, and send the request again. As it is it will never pass.", "请按 title 与 detail 修正查询参数、请求头或请求体格式后重新发送。不作修改将始终失败。"),
        401 => new("Get an access token at /connect/token and send it as Authorization: Bearer. Tokens expire, and end when credentials change.", "请在 /connect/token 获取访问令牌，并以 Authorization: Bearer 发送。令牌会过期，凭据变更后亦失效。"),
        403 => new("Use a token of a client or person who may do this: one with the scope that the operation names, of the right side and role. Sending it again changes nothing.", "请使用有权执行此操作的客户端或人员的令牌：须具备该操作所需的 scope、所属方与角色。重复发送无效。"),
        404 => new("Check the address and the id. What the caller may not see, or no longer, answers exactly like what does not exist.", "请核对地址与 id。调用方无权查看或不再有权查看的内容，与不存在的内容答复完全相同。"),
        405 => new("Use a method that the header Allow names.", "请使用 Allow 响应头列出的方法。"),
        406 => new("Accept application/json, or the type that the operation names.", "请在 Accept 中接受 application/json 或该操作说明的类型。"),
        409 => new("Read the resource again: its state, or something else that obstacle may name, stands in the way. Send the request again once that is settled; if it is settled by what you read, do not.", "请重新读取该资源：其状态或其他事项（可能见 obstacle）阻碍了操作。待解除后再发送；若所读结果已符合预期，则无需再发。"),
        412 => new("Read the resource again, decide anew whether the change is still right, and send it with the new ETag in If-Match.", "请重新读取该资源，确认修改仍然适当后，以新的 ETag 作为 If-Match 重新发送。"),
        413 => new("Send less in one request: split the batch or the file.", "请减少单次请求的内容：拆分批次或文件。"),
        415 => new("Send the content type that the operation names, in UTF-8.", "请使用该操作说明的内容类型，并以 UTF-8 编码发送。"),
        422 => new("Mend what title, detail or each entry of errors says; its pointer leads to the field. Then send the request again, under another Idempotency-Key where the body changed after a success.", "请按 title、detail 或 errors 中各项修正内容（pointer 指向字段）后重新发送；若此前已成功且内容有变，请更换 Idempotency-Key。"),
        428 => new("Read the resource, and send the request with its ETag in If-Match.", "请先读取该资源，再以其 ETag 作为 If-Match 发送请求。"),
        429 => new("Wait as many seconds as Retry-After says; the header RateLimit tells how many requests are left.", "请按 Retry-After 所示秒数等待；RateLimit 响应头说明剩余请求数。"),
        503 => new("Wait as many seconds as Retry-After says, and send the request again, a write under the same Idempotency-Key.", "请按 Retry-After 所示秒数等待后重新发送；写操作请使用相同的 Idempotency-Key。"),
        _ => new("Send the request again, a write under the same Idempotency-Key. If it fails again, tell whoever runs the service the traceId.", "请重新发送；写操作请使用相同的 Idempotency-Key。若仍失败，请将 traceId 告知服务运营方。"),
    };
}
