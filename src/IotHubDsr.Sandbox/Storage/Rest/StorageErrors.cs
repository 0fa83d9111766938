namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>The service's published error codes, with its status codes and texts.</summary>
internal static class StorageErrors
{
    public static readonly StorageError ConditionNotMet = new(
        412,
        "ConditionNotMet",
        "The condition specified using HTTP conditional header(s) is not met."
    );

    public static readonly StorageError NotModified = new(
        304,
        "ConditionNotMet",
        "The condition specified using HTTP conditional header(s) is not met."
    );

    public static readonly StorageError SourceConditionNotMet = new(
        412,
        "SourceConditionNotMet",
        "The source condition specified using HTTP conditional header(s) is not met."
    );

    public static readonly StorageError UnsatisfiableCondition = new(
        400,
        "UnsatisfiableCondition",
        "The request includes an unsatisfiable condition for this operation."
    );

    public static readonly StorageError ContainerNotFound = new(404, "ContainerNotFound", "The specified container does not exist.");

    public static readonly StorageError ContainerAlreadyExists = new(
        409,
        "ContainerAlreadyExists",
        "The specified container already exists."
    );

    public static readonly StorageError ContainerProtected = new(
        409,
        "ContainerProtectedFromDeletion",
        "The specified container is protected from deletion by an immutability policy or legal hold."
    );

    public static readonly StorageError BlobNotFound = new(404, "BlobNotFound", "The specified blob does not exist.");

    public static readonly StorageError CannotVerifyCopySource = new(
        404,
        "CannotVerifyCopySource",
        "The specified copy source does not exist."
    );

    public static readonly StorageError BlobAlreadyExists = new(409, "BlobAlreadyExists", "The specified blob already exists.");

    // The service documents the status, and no code.
    public static readonly StorageError ReplicationDestination = new(
        409,
        "Conflict",
        "This operation is not permitted on a container that object replication writes to."
    );

    public static readonly StorageError BlobArchived = new(409, "BlobArchived", "This operation is not permitted on an archived blob.");

    public static readonly StorageError BlobBeingRehydrated = new(
        409,
        "BlobBeingRehydrated",
        "This operation is not permitted because the blob is being rehydrated."
    );

    public static readonly StorageError BlobOnLegalHold = new(
        409,
        "BlobImmutableDueToLegalHold",
        "This operation is not permitted as the blob is immutable due to one or more legal holds."
    );

    public static readonly StorageError BlobImmutable = new(
        409,
        "BlobImmutableDueToPolicy",
        "This operation is not permitted as the blob is immutable due to a policy."
    );

    public static readonly StorageError InvalidBlobType = new(409, "InvalidBlobType", "The blob type is invalid for this operation.");

    public static readonly StorageError SnapshotsPresent = new(
        409,
        "SnapshotsPresent",
        "This operation is not permitted because the blob has snapshots."
    );

    public static readonly StorageError DirectoryIsNotEmpty = new(
        409,
        "DirectoryIsNotEmpty",
        "This operation is not permitted on a non-empty directory."
    );

    public static readonly StorageError RootBlobVersion = new(
        403,
        "OperationNotAllowedOnRootBlob",
        "This operation is not allowed on the current version of a blob by its version ID."
    );

    public static readonly StorageError PermanentDeleteNotAllowed = new(
        409,
        "PermanentDeleteNotAllowed",
        "Permanent deletion is allowed only for soft-deleted snapshots and versions of an account that enables it."
    );

    public static readonly StorageError LeaseIdMissing = new(
        412,
        "LeaseIdMissing",
        "There is currently a lease on the blob and no lease ID was specified in the request."
    );

    public static readonly StorageError LeaseIdMismatch = new(
        412,
        "LeaseIdMismatchWithBlobOperation",
        "The lease ID specified did not match the lease ID for the blob."
    );

    public static readonly StorageError LeaseNotPresent = new(
        412,
        "LeaseNotPresentWithBlobOperation",
        "There is currently no lease on the blob."
    );

    public static readonly StorageError LeaseLost = new(
        412,
        "LeaseLost",
        "A lease ID was specified, but the lease for the blob has expired."
    );

    public static readonly StorageError ContainerLeaseIdMismatch = new(
        412,
        "LeaseIdMismatchWithContainerOperation",
        "The lease ID specified did not match the lease ID for the container."
    );

    public static readonly StorageError ContainerLeaseNotPresent = new(
        412,
        "LeaseNotPresentWithContainerOperation",
        "There is currently no lease on the container."
    );

    public static readonly StorageError LeaseAlreadyPresent = new(409, "LeaseAlreadyPresent", "There is already a lease present.");

    public static readonly StorageError LeaseMismatchWithLease = new(
        409,
        "LeaseIdMismatchWithLeaseOperation",
        "The lease ID specified did not match the lease ID for the resource."
    );

    public static readonly StorageError LeaseNotPresentWithLease = new(
        409,
        "LeaseNotPresentWithLeaseOperation",
        "There is currently no lease on the resource."
    );

    public static readonly StorageError LeaseIsBreaking = new(
        409,
        "LeaseIsBreakingAndCannotBeAcquired",
        "There is already a breaking lease, and it cannot be acquired until it is broken."
    );

    public static readonly StorageError LeaseBreakingCannotChange = new(
        409,
        "LeaseIsBreakingAndCannotBeChanged",
        "The lease is breaking and cannot be changed."
    );

    public static readonly StorageError LeaseBrokenCannotRenew = new(
        409,
        "LeaseIsBrokenAndCannotBeRenewed",
        "The lease ID matched, but the lease has been broken explicitly and cannot be renewed."
    );

    public static readonly StorageError InvalidBlockId = new(
        400,
        "InvalidBlockId",
        "The specified block ID is invalid. The block ID must be Base64-encoded."
    );

    public static readonly StorageError InvalidBlobOrBlock = new(
        400,
        "InvalidBlobOrBlock",
        "The specified blob or block content is invalid."
    );

    public static readonly StorageError InvalidBlockList = new(400, "InvalidBlockList", "The specified block list is invalid.");

    public static readonly StorageError BlockListTooLong = new(
        400,
        "BlockListTooLong",
        "The block list may not contain more than 50,000 blocks."
    );

    public static readonly StorageError BlockCountExceedsLimit = new(
        409,
        "BlockCountExceedsLimit",
        "The block count cannot exceed the maximum limit."
    );

    public static readonly StorageError AppendPositionNotMet = new(
        412,
        "AppendPositionConditionNotMet",
        "The append position condition specified was not met."
    );

    public static readonly StorageError MaxBlobSizeNotMet = new(
        412,
        "MaxBlobSizeConditionNotMet",
        "The max blob size condition specified was not met."
    );

    public static readonly StorageError InvalidRange = new(
        416,
        "InvalidRange",
        "The range specified is invalid for the current size of the resource."
    );

    public static readonly StorageError Md5Mismatch = new(
        400,
        "Md5Mismatch",
        "The MD5 value specified in the request did not match with the MD5 value calculated by the server."
    );

    public static readonly StorageError InvalidMd5 = new(
        400,
        "InvalidMd5",
        "The MD5 value specified in the request is invalid. MD5 value must be 128 bits and base64 encoded."
    );

    public static readonly StorageError Crc64Mismatch = new(
        400,
        "Crc64Mismatch",
        "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server."
    );

    public static readonly StorageError InvalidXmlDocument = new(
        400,
        "InvalidXmlDocument",
        "The specified XML is not syntactically valid."
    );

    public static readonly StorageError InvalidTag = new(400, "InvalidTag", "The tags specified are invalid.");

    public static readonly StorageError InvalidMetadata = new(
        400,
        "InvalidMetadata",
        "The metadata specified is invalid. It has characters that are not permitted."
    );

    public static readonly StorageError EmptyMetadataKey = new(
        400,
        "EmptyMetadataKey",
        "The key for one of the metadata key-value pairs is empty."
    );

    public static readonly StorageError MetadataTooLarge = new(
        400,
        "MetadataTooLarge",
        "The size of the specified metadata exceeds the maximum size permitted."
    );

    public static readonly StorageError ResourceTypeMismatch = new(
        409,
        "ResourceTypeMismatch",
        "The existing resource is a directory, which has no content."
    );

    public static readonly StorageError RequestBodyTooLarge = new(
        413,
        "RequestBodyTooLarge",
        "The request body is too large and exceeds the maximum permissible limit."
    );

    public static readonly StorageError IncompleteBody = new(
        400,
        "IncompleteBody",
        "The request body is shorter than its Content-Length says."
    );

    public static readonly StorageError MissingContentLength = new(
        411,
        "MissingContentLengthHeader",
        "Content-Length HTTP header is missing."
    );

    public static readonly StorageError AccountNotFound = new(404, "ResourceNotFound", "The specified resource does not exist.");

    public static readonly StorageError InvalidResourceName = new(
        400,
        "InvalidResourceName",
        "The specified resource name contains invalid characters."
    );

    public static readonly StorageError ResourceNameLength = new(
        400,
        "OutOfRangeInput",
        "The specified resource name length is not within the permissible limits."
    );

    public static readonly StorageError NoPendingCopy = new(409, "NoPendingCopyOperation", "There is currently no pending copy operation.");

    public static readonly StorageError InvalidUri = new(400, "InvalidUri", "The request URI is invalid.");

    public static readonly StorageError UnsupportedVerb = new(
        405,
        "UnsupportedHttpVerb",
        "The resource doesn't support the specified HTTP verb."
    );

    /// <summary>Not an error of the service: what it may well do, and this sandbox does not.</summary>
    public static StorageException NotSimulated(string what) => new(new(501, "NotSimulated", $"Not simulated by the sandbox: {what}."));

    public static StorageException InvalidHeader(string name, string value) =>
        new(
            new(400, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format."),
            new Dictionary<string, string> { ["HeaderName"] = name, ["HeaderValue"] = value }
        );

    public static StorageException MissingHeader(string name) =>
        new(
            new(400, "MissingRequiredHeader", "An HTTP header that's mandatory for this request is not specified."),
            new Dictionary<string, string> { ["HeaderName"] = name }
        );

    public static StorageException UnsupportedHeader(string name) =>
        new(
            new(400, "UnsupportedHeader", "One of the HTTP headers specified in the request is not supported."),
            new Dictionary<string, string> { ["HeaderName"] = name }
        );

    public static StorageException InvalidParameter(string name, string value) =>
        new(
            new(400, "InvalidQueryParameterValue", "Value for one of the query parameters specified in the request URI is invalid."),
            new Dictionary<string, string> { ["QueryParameterName"] = name, ["QueryParameterValue"] = value }
        );

    public static StorageException OutOfRangeParameter(string name, string value) =>
        new(
            new(
                400,
                "OutOfRangeQueryParameterValue",
                "One of the query parameters specified in the request URI is outside the permissible range."
            ),
            new Dictionary<string, string> { ["QueryParameterName"] = name, ["QueryParameterValue"] = value }
        );

    public static StorageException MissingParameter(string name) =>
        new(
            new(400, "MissingRequiredQueryParameter", "A query parameter that's mandatory for this request is not specified."),
            new Dictionary<string, string> { ["QueryParameterName"] = name }
        );
}
