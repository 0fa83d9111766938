using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Sandbox.Logs.Rest;

/// <summary>Who may ask a workspace, and which tables of it.</summary>
internal sealed class LogGate(TokenIssuer tokens, AccessRules access)
{
    private const string Query = "Microsoft.OperationalInsights/workspaces/query";

    public void RequireToken(HttpContext context)
    {
        switch (tokens.Check(context.Request.Headers.Authorization, Audiences.Logs))
        {
            case TokenVerdict.Valid:
                return;
            case TokenVerdict.Missing:
                throw LogErrors.Unauthorized;
            case TokenVerdict.WrongAudience:
                throw LogErrors.WrongAudience;
            default:
                throw LogErrors.InvalidToken;
        }
    }

    public void RequireAccess(LogWorkspace workspace)
    {
        if (access.DeniesLogs(workspace.Name) || !access.Grants(new AzureAction($"{Query}/read", IsData: false), workspace.ResourceId))
            throw LogErrors.InsufficientAccess;
    }

    /// <summary>A table that the caller may not read is not there for its queries.</summary>
    public bool MayRead(LogWorkspace workspace, string table) =>
        !access.DeniesLogs($"{workspace.Name}/{table}")
        && access.Grants(new AzureAction($"{Query}/{table}/read", IsData: false), workspace.ResourceId);
}
