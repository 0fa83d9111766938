using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>
/// What a request must pass before an operation sees it: a signature with a key of the account, or a token and the right.
/// </summary>
internal sealed class CosmosGate(WorldNames names, Tenant tenant, TokenIssuer tokens, AccessRules access, TimeProvider real)
{
    private const int MissingHeader = 5000;
    private const int InvalidHeader = 5001;
    private const int LocalAuthDisabled = 5202;
    private const int UnauthorizedMetadata = 5301;
    private const int UnauthorizedData = 5302;
    private const int NotAuthorized = 5400;

    public void Require(HttpRequest request, RequestTarget target, CosmosAccount account)
    {
        string authorization = Uri.UnescapeDataString(request.Headers.Authorization.ToString());
        if (authorization.Length == 0)
            throw Unauthorized("Required Header authorization is missing. Ensure a valid Authorization token is passed.", MissingHeader);

        var fields = authorization
            .Split('&')
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.First()[1], StringComparer.OrdinalIgnoreCase);
        string signature = fields.GetValueOrDefault("sig", "");
        switch (fields.GetValueOrDefault("type", "").ToLowerInvariant())
        {
            case "master":
                RequireKey(request, target, account, signature);
                break;
            case "aad":
                RequireToken(account, signature);
                RequireRight(request, target, account);
                break;
            case "resource":
                throw CosmosErrors.NotSimulated("resource tokens");
            default:
                throw Unauthorized("Authorization header doesn't confirm to the required format.", InvalidHeader);
        }
    }

    private void RequireKey(HttpRequest request, RequestTarget target, CosmosAccount account, string signature)
    {
        if (!account.Options.AllowsKeys)
            throw Unauthorized("Local Authorization is disabled. Use an AAD token to authorize all requests.", LocalAuthDisabled);

        bool mayWrite = KeySignature.IsSignedWith(account.Keys, request, target, signature);
        if (!mayWrite && !KeySignature.IsSignedWith(account.ReadOnlyKeys, request, target, signature))
        {
            throw Unauthorized(
                "The input authorization token can't serve the request. The wrong key is being used or the expected payload is not "
                    + "built as per the protocol. For more info: https://aka.ms/cosmosdb-tsg-unauthorized."
            );
        }

        if (!KeySignature.IsRecent(request, real.GetUtcNow()))
            throw new CosmosException(403, "Forbidden", "The authorization token is not valid at the current time.");

        if (!mayWrite && IsWrite(request))
            throw new CosmosException(403, "Forbidden", "The key that the request is signed with allows reading only.");
    }

    private void RequireToken(CosmosAccount account, string token)
    {
        (string? text, int substatus) = tokens.Check($"Bearer {token}", Audiences.Cosmos(account.Name)) switch
        {
            TokenVerdict.Valid => (null, 0),
            TokenVerdict.Expired => ("The given AAD token has expired.", 5006),
            TokenVerdict.WrongAudience => ("The given AAD token has an invalid audience.", 5008),
            _ => ("The given AAD token's signature is invalid.", 5004),
        };
        if (text is not null)
            throw Unauthorized(text, substatus);
    }

    private void RequireRight(HttpRequest request, RequestTarget target, CosmosAccount account)
    {
        string[] place = PlaceOf(target, account);
        string resource = string.Join('/', place);
        AzureAction? action = CosmosActions.Of(request, target);
        if (action is null)
        {
            throw new CosmosException(
                403,
                "Forbidden",
                $"Request for {request.Method} {string.Join('/', target.Segments)} is blocked because it cannot be authorized by AAD "
                    + "token in data plane. Learn more: https://aka.ms/cosmos-native-rbac.",
                NotAuthorized
            );
        }

        string denied = string.Join('/', (string[])[account.Name, .. place.Where((_, index) => index % 2 == 1)]);
        if (!access.DeniesCosmos(denied) && MayRun(action, $"{names.CosmosId(account.Name)}/{resource}".TrimEnd('/'), account))
            return;

        throw new CosmosException(
            403,
            "Forbidden",
            $"Request blocked by Auth {account.Name} : Request is blocked because principal [{tenant.ClientId}] does not have "
                + $"required RBAC permissions to perform action [{action.Name}] on resource [{(resource.Length == 0 ? "/" : resource)}]. "
                + "Learn more: https://aka.ms/cosmos-native-rbac.",
            action == CosmosActions.ReadMetadata ? UnauthorizedMetadata : UnauthorizedData
        );
    }

    /// <summary>The database and the container by name, however the path has them: roles and denials name them so.</summary>
    private static string[] PlaceOf(RequestTarget target, CosmosAccount account)
    {
        string[] place = [.. target.Segments.Take(4)];
        if (place.Length > 1 && account.TryGetDatabase(place[1], out CosmosDatabase? database))
        {
            place[1] = database.Name;
            if (place.Length > 3 && database.TryGetContainer(place[3], out CosmosContainer? container))
                place[3] = container.Name;
        }

        return place;
    }

    /// <summary>
    /// Only what is assigned at the account or below it counts: roles of the subscription say nothing of documents. Whoever has a role
    /// below the account may read its metadata.
    /// </summary>
    private bool MayRun(AzureAction action, string resource, CosmosAccount account)
    {
        if (access.Assignments is not { } assignments)
            return true;

        string id = names.CosmosId(account.Name);
        IEnumerable<RoleAssignment> own = assignments.Where(role => RoleAssignment.IsWithin(role.Scope.TrimEnd('/'), id));
        return action == CosmosActions.ReadMetadata
            ? own.Any(role => role.Role.Allows(action) && (role.Allows(action, resource) || RoleAssignment.IsWithin(role.Scope, resource)))
            : own.Any(role => role.Allows(action, resource));
    }

    private static bool IsWrite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method)
        && !HttpMethods.IsHead(request.Method)
        && !(HttpMethods.IsPost(request.Method) && (CosmosRequest.IsQuery(request.Headers) || CosmosRequest.IsQueryPlan(request.Headers)));

    private static CosmosException Unauthorized(string text, int substatus = 0) => new(401, "Unauthorized", text, substatus);
}
