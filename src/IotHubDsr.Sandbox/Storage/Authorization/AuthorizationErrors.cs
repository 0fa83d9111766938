using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Authorization;

/// <summary>The service's refusals of unauthenticated or unauthorized requests.</summary>
internal static class AuthorizationErrors
{
    public static readonly StorageError KeysNotPermitted = new(
        403,
        "KeyBasedAuthenticationNotPermitted",
        "Key based authentication is not permitted on this storage account."
    );

    public static readonly StorageError PermissionMismatch = new(
        403,
        "AuthorizationPermissionMismatch",
        "This request is not authorized to perform this operation using this permission."
    );

    public static readonly StorageError ServiceMismatch = new(
        403,
        "AuthorizationServiceMismatch",
        "This request is not authorized to perform this operation using this service."
    );

    public static readonly StorageError ResourceTypeMismatch = new(
        403,
        "AuthorizationResourceTypeMismatch",
        "This request is not authorized to perform this operation using this resource type."
    );

    public static readonly StorageError SourceIpMismatch = new(
        403,
        "AuthorizationSourceIPMismatch",
        "This request is not authorized to perform this operation using this source IP {0}."
    );

    public static readonly StorageError Malformed = new(
        400,
        "InvalidAuthenticationInfo",
        "Authentication information is not given in the correct format. Check the value of Authorization header."
    );

    private static readonly StorageError Failed = new(
        403,
        "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including "
            + "the signature."
    );

    private static readonly StorageError NoInformation = new(
        401,
        "NoAuthenticationInformation",
        "Server failed to authenticate the request. Please refer to the information in the www-authenticate header."
    );

    private static readonly StorageError InvalidInformation = new(
        401,
        "InvalidAuthenticationInfo",
        "Server failed to authenticate the request. Please refer to the information in the www-authenticate header."
    );

    /// <summary>A signature or a time that does not hold: the detail says which, as the service does.</summary>
    public static StorageException Unauthenticated(string detail) =>
        new(Failed, new Dictionary<string, string> { ["AuthenticationErrorDetail"] = detail });

    /// <summary>No token, or none that is accepted: the answer says where to get one.</summary>
    public static StorageException Challenge(string tenantId, string? detail)
    {
        StorageException error = detail is null
            ? new StorageException(NoInformation)
            : new StorageException(InvalidInformation, new Dictionary<string, string> { ["AuthenticationErrorDetail"] = detail });
        error.Headers["WWW-Authenticate"] =
            $"Bearer authorization_uri=https://{Identity.LoginService.Host}/{tenantId}/oauth2/authorize "
            + "resource_id=https://storage.azure.com";
        return error;
    }
}
