# The terminating error of a command that has to fail; dot-sourced by the tests that look at errors.
function Get-Failure([scriptblock] $Command) {
    try { & $Command | Out-Null } catch { return $_ }
    throw 'The command did not fail.'
}
