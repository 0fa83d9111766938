@{
    NestedModules     = @('IotHubDsr.BareModule.dll')
    ModuleVersion     = '0.1.0'
    GUID              = '6f0b5b1e-5f1c-4b57-9b7e-2f0f3c9c1c52'
    PowerShellVersion = '7.4'
    FunctionsToExport = @()
    CmdletsToExport   = @('Get-BareBlob')
    VariablesToExport = @()
    AliasesToExport   = @()
}
