;;; session.el --- An Emacs that was set up as its page says  -*- lexical-binding: t; -*-
;;; Commentary:
;; Opens a file in an Emacs whose init.el is that of `lsp/editors/emacs/README.md': the server reports the mistake, the words
;; are coloured, lines are indented as `standpipe fmt' does, the file is formatted when it is saved.  Run by
;; `tests/editors.rs'.
;;; Code:

(require 'package)
;; Emacs 28 has Eglot from a package, which a batch session does not look for.
(package-initialize)
(setq debug-on-error nil)

(defun session-wait (what condition)
  "Wait for WHAT, until CONDITION holds."
  (let ((end (+ (float-time) 20)))
    (while (not (funcall condition))
      (when (> (float-time) end) (error "Waited in vain: %s" what))
      (accept-process-output nil 0.05)
      (flymake-start))))

(defun session-expect (what wanted found)
  "Fail unless WANTED equals FOUND; WHAT says what it is about."
  (unless (equal wanted found) (error "%s: wanted %S, found %S" what wanted found)))

(defun session-face (text)
  "The face of the first TEXT."
  (goto-char (point-min))
  (search-forward text)
  (get-text-property (match-beginning 0) 'face))

(defun session-indented (file)
  "Fail where FILE, which is laid out, is indented in another way."
  (with-temp-buffer
    (insert-file-contents file)
    (pipe-mode)
    (let ((wanted (buffer-string)))
      (goto-char (point-min))
      (while (not (eobp))
        (unless (looking-at-p "[ \t]*$") (indent-according-to-mode))
        (forward-line 1))
      (unless (equal wanted (buffer-string))
        (goto-char (compare-strings wanted nil nil (buffer-string) nil nil))
        (let ((at (abs (compare-strings wanted nil nil (buffer-string) nil nil))))
          (error "%s: indented otherwise at: %s" file
                 (buffer-substring (max 1 (- at 80)) (min (point-max) (+ at 80)))))))))

(load (expand-file-name "init.el" user-emacs-directory) nil t)
(find-file (getenv "STANDPIPE_TEST_FILE"))
(session-expect "mode" 'pipe-mode major-mode)
(run-hooks 'post-command-hook)
(session-wait "the server" (lambda () (eglot-managed-p)))
(session-wait "a diagnostic" (lambda () (flymake-diagnostics)))
(let ((shown (car (flymake-diagnostics))))
  (session-expect "where it is" "timeot"
                  (buffer-substring (flymake-diagnostic-beg shown) (flymake-diagnostic-end shown))))
(font-lock-ensure)
(session-expect "keyword" 'font-lock-keyword-face (session-face "stage"))
(session-expect "name" 'font-lock-function-name-face (session-face "build"))
(session-expect "callee" 'font-lock-type-face (session-face "run"))
(session-expect "field" 'font-lock-variable-name-face (session-face "script"))
(session-expect "string" 'font-lock-string-face (session-face "echo"))
(goto-char (point-min))
(search-forward "timeot")
(replace-match "timeout")
;; Eglot waits until Emacs is idle, which a batch session never is.
(eglot--signal-textDocument/didChange)
(session-wait "no diagnostic" (lambda () (null (flymake-diagnostics))))
(goto-char (point-min))
(search-forward "  stage")
(replace-match "      stage")
(save-buffer)
(goto-char (point-min))
(forward-line 1)
(session-expect "formatted" "  stage build {" (buffer-substring (point) (line-end-position)))
(unless (string-match-p "compile" (format "%S" (imenu--make-index-alist t)))
  (error "The index of the server lacks an action"))
(with-temp-buffer
  (insert-file-contents (getenv "STANDPIPE_TEST_FILE"))
  (pipe-mode)
  (session-expect "index" '("demo" "build" "compile") (mapcar #'car (cdr (imenu--make-index-alist t)))))
(dolist (file (split-string (getenv "STANDPIPE_TEST_LAID_OUT") "\n" t)) (session-indented file))
(message "ok")
;;; session.el ends here
